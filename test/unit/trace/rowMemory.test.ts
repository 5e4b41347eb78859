import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { ChunkedTable } from '../../../src/core/trace/chunkedTable.ts';
import { Columns, ROW_MASK, ROWS } from '../../../src/core/trace/columns.ts';
import { RowMemory, type RowStore } from '../../../src/core/trace/rowMemory.ts';
import { ExchangeChunk, LookupChunk, MessageChunk, TransactionChunk } from '../../../src/core/trace/tables.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { DEFAULT_ROW_MEMORY, RowSpill } from '../../../src/io/rowSpill.ts';
import { PlaceChunk } from '../../../src/io/packetPlaces.ts';
import { writeDnsCapture } from '../../bench/dnsCapture.ts';

class PairChunk extends Columns {
  static readonly rowBytes = 12;
  readonly time = this.f64();
  readonly id = this.u32();
}

test('a chunk is as large as its columns', () => {
  for (const kind of [MessageChunk, TransactionChunk, ExchangeChunk, LookupChunk, PlaceChunk]) {
    const chunk = new kind(new ArrayBuffer(kind.rowBytes * ROWS));
    const columns = Object.values(chunk as unknown as Record<string, Uint8Array>).filter(
      (value) => ArrayBuffer.isView(value) && value !== chunk.bytes,
    );
    const used = columns.reduce((sum, column) => sum + column.byteLength, 0);
    assert.equal(used, kind.rowBytes * ROWS, kind.name);
  }
});

test('rows that were put away come back as they were, and may be written to', () => {
  const spill = new RowSpill();
  const memory = new RowMemory(4 * PairChunk.rowBytes * ROWS, spill);
  const table = new ChunkedTable(PairChunk, memory);
  const rows = 60 * ROWS;
  for (let i = 0; i < rows; i++) {
    const id = table.add();
    table.edit(id).time[id & ROW_MASK] = id / 3;
    if ((id & ROW_MASK) === 0) memory.trim();
  }
  assert.ok(memory.bytes <= 5 * PairChunk.rowBytes * ROWS, `${String(memory.bytes)} bytes`);
  for (const pass of [1, 2]) {
    for (let id = 0; id < rows; id += 997) {
      assert.equal(table.of(id).time[id & ROW_MASK], id / 3);
      assert.equal(table.of(id).id[id & ROW_MASK], pass - 1);
      table.edit(id).id[id & ROW_MASK] = pass;
    }
  }
  assert.ok(memory.bytes <= 30 * PairChunk.rowBytes * ROWS, `${String(memory.bytes)} bytes after two passes`);
  spill.dispose();
});

test('a store that is full loses nothing: rows stay in memory', () => {
  let left = 2;
  const kept = new Map<number, Uint8Array>();
  const store: RowStore = {
    write(place, bytes) {
      if (left-- <= 0) return undefined;
      kept.set(place ?? kept.size, bytes.slice());
      return place ?? kept.size - 1;
    },
    read(place, bytes) {
      bytes.set(kept.get(place)!);
    },
  };
  const memory = new RowMemory(1, store);
  const table = new ChunkedTable(PairChunk, memory);
  for (let i = 0; i < 8 * ROWS; i++) {
    const id = table.add();
    table.edit(id).id[id & ROW_MASK] = id;
    if ((id & ROW_MASK) === 0) memory.trim();
  }
  assert.equal(memory.full, true);
  for (let id = 0; id < table.length; id += 101) assert.equal(table.of(id).id[id & ROW_MASK], id);
});

test('a store that is full still spares the memory of what it took: a pass over all rows keeps few of those', () => {
  const taken = 40;
  const kept: Uint8Array[] = [];
  const store: RowStore = {
    write(place, bytes) {
      if (kept.length === taken) return undefined;
      kept[place ?? kept.length] = bytes.slice();
      return place ?? kept.length - 1;
    },
    read(place, bytes) {
      bytes.set(kept[place]!);
    },
  };
  const memory = new RowMemory(8 * PairChunk.rowBytes * ROWS, store);
  const table = new ChunkedTable(PairChunk, memory);
  const chunks = 60;
  for (let i = 0; i < chunks * ROWS; i++) {
    const id = table.add();
    table.edit(id).id[id & ROW_MASK] = id;
    if ((id & ROW_MASK) === 0) memory.trim();
  }
  assert.equal(memory.full, true);
  const inMemory = (): number => memory.bytes / (PairChunk.rowBytes * ROWS);
  assert.equal(inMemory(), chunks - taken);
  for (let id = 0; id < table.length; id += 997) assert.equal(table.of(id).id[id & ROW_MASK], id);
  assert.equal(inMemory(), chunks - taken + 4);
  table.edit(1).id[1] = 100;
  for (const pass of [1, 2]) {
    for (let id = 0; id < table.length; id += ROWS) table.of(id);
    assert.equal(table.of(1).id[1], 100, `pass ${String(pass)}`);
  }
  assert.equal(inMemory(), chunks - taken + 5);
});

test('what was only read is not written once more', () => {
  let writes = 0;
  const kept: Uint8Array[] = [];
  const store: RowStore = {
    write(place, bytes) {
      writes++;
      const at = place ?? kept.length;
      kept[at] = bytes.slice();
      return at;
    },
    read(place, bytes) {
      bytes.set(kept[place]!);
    },
  };
  const memory = new RowMemory(1, store);
  const table = new ChunkedTable(PairChunk, memory);
  const chunks = 40;
  for (let i = 0; i < chunks * ROWS; i++) table.edit(table.add()).id[i & ROW_MASK] = i;
  memory.trim();
  assert.equal(writes, chunks - 1);
  for (let id = 0; id < table.length; id += ROWS / 2) assert.equal(table.of(id).id[id & ROW_MASK], id);
  assert.equal(writes, chunks - 1);
  table.edit(7).id[7] = 70;
  for (let id = ROWS; id < table.length; id += ROWS) table.of(id);
  assert.equal(writes, chunks);
  assert.equal(table.of(7).id[7], 70);
});

/** A store in memory, and the bytes that were read from it. */
class KeptChunks implements RowStore {
  readonly kept: Uint8Array[] = [];
  bytesRead = 0;
  writes = 0;

  write(place: number | undefined, bytes: Uint8Array): number {
    this.writes++;
    const at = place ?? this.kept.length;
    this.kept[at] = bytes.slice();
    return at;
  }

  read(place: number, bytes: Uint8Array, from = 0): void {
    this.bytesRead += bytes.length;
    bytes.set(this.kept[place]!.subarray(from, from + bytes.length));
  }

  patch(place: number, bytes: Uint8Array, from: number): boolean {
    this.kept[place]!.set(bytes, from);
    return true;
  }
}

class WideChunk extends Columns {
  static readonly rowBytes = 15;
  readonly time = this.f64();
  readonly id = this.i32();
  readonly port = this.u16();
  readonly kind = this.u8();
}

/** Ten chunks, of which all but the last are in the store. */
function putAwayTable(): { store: KeptChunks; memory: RowMemory; table: ChunkedTable<WideChunk> } {
  const store = new KeptChunks();
  const memory = new RowMemory(1, store);
  const table = new ChunkedTable(WideChunk, memory);
  for (let i = 0; i < 10 * ROWS; i++) {
    const id = table.add();
    const chunk = table.edit(id);
    chunk.time[id & ROW_MASK] = id / 7;
    chunk.id[id & ROW_MASK] = -id;
    chunk.port[id & ROW_MASK] = id % 60_000;
    chunk.kind[id & ROW_MASK] = id % 250;
  }
  memory.trim();
  return { store, memory, table };
}

test('a pass reads back the columns it names, and brings no chunk back', () => {
  const { store, memory, table } = putAwayTable();
  const before = memory.bytes;
  const pass = table.only('kind', 'time', 'port');
  for (let id = 0; id < table.length; id += 61) {
    const { time, port, kind } = pass.of(id);
    const row = id & ROW_MASK;
    assert.deepEqual([time[row], port[row], kind[row]], [id / 7, id % 60_000, id % 250]);
  }
  assert.equal(store.bytesRead, 9 * ROWS * (8 + 2 + 1));
  assert.equal(memory.bytes, before);
  // Neighbours in two chunks take turns without being read again.
  for (const id of [ROWS - 1, ROWS, ROWS - 2, ROWS + 1]) assert.equal(pass.of(id).kind[id & ROW_MASK], id % 250);
  assert.equal(store.bytesRead, 11 * ROWS * (8 + 2 + 1));
  pass.release();
  assert.equal(pass.of(5).time[5], 5 / 7, 'released, it begins anew');
  assert.equal(table.only('id').of(20 * ROWS).id[0], 0, 'beyond the end rows are empty');
});

test('after a pass its memory holds other rows, whole', () => {
  const { table } = putAwayTable();
  const pass = table.only('kind');
  for (let id = 0; id < table.length; id += ROWS) pass.of(id);
  pass.release();
  for (let id = 3; id < table.length; id += ROWS / 2)
    assert.deepEqual([table.of(id).time[id & ROW_MASK], table.of(id).id[id & ROW_MASK]], [id / 7, -id]);
  const id = table.add();
  assert.deepEqual(
    [table.of(id).time[0], table.of(id).id[0], table.of(id).port[0], table.of(id).kind[0]],
    [0, 0, 0, 0],
    'a new row is empty',
  );
});

test('cells of rows that were put away are read and written where they lie', () => {
  const { store, memory, table } = putAwayTable();
  const before = { bytes: memory.bytes, writes: store.writes };
  const id = 3 * ROWS + 77;
  assert.deepEqual(
    (['time', 'id', 'port', 'kind'] as const).map((name) => table.cell(id, name)),
    [id / 7, -id, id % 60_000, id % 250],
  );
  assert.equal(store.bytesRead, 15);
  table.put(id, 'id', -5);
  table.put(id, 'kind', 9);
  table.put(table.length - 1, 'kind', 8);
  assert.equal(table.cell(30 * ROWS, 'time'), 0, 'beyond the end rows are empty');
  assert.deepEqual({ bytes: memory.bytes, writes: store.writes }, before);
  assert.deepEqual(
    [table.cell(id, 'id'), table.of(id).kind[id & ROW_MASK], table.of(id).time[id & ROW_MASK]],
    [-5, 9, id / 7],
  );
  assert.equal(table.cell(table.length - 1, 'kind'), 8);
  assert.equal(table.of(id + 1).id[(id + 1) & ROW_MASK], -id - 1);
});

test('a cell that cannot be written where it lies brings its chunk back', () => {
  const { store, table } = putAwayTable();
  store.patch = () => false;
  table.put(7, 'port', 53);
  assert.equal(table.cell(7, 'port'), 53);
  for (let id = 0; id < table.length; id += ROWS) table.of(id);
  assert.equal(table.cell(7, 'port'), 53);
  assert.equal(table.cell(8, 'port'), 8);
});

test('a cell of a chunk that was only read is written through, and one among many brings the chunk back for all', () => {
  const { store, table } = putAwayTable();
  const kept = (id: number): number => store.kept[0]![ROWS * 14 + id]!;
  assert.equal(table.of(1).kind[1], 1);
  table.put(1, 'kind', 200);
  assert.deepEqual([table.of(1).kind[1], kept(1)], [200, 200]);
  const writes = store.writes;
  for (let id = ROWS; id < table.length; id += ROWS) table.of(id);
  assert.equal(store.writes, writes, 'as it is in the store, it need not be written');
  for (let id = 0; id < 1000; id++) table.put(id, 'kind', 77);
  assert.equal(kept(999), 999 % 250, 'too many for one by one');
  for (let id = ROWS; id < table.length; id += ROWS) table.of(id);
  assert.equal(store.writes, writes + 1);
  for (const id of [0, 1, 511, 512, 999]) assert.deepEqual([table.of(id).kind[id], kept(id)], [77, 77]);
  assert.equal(table.of(1000).kind[1000], 0);
});

test('on disk, part of a chunk is read and written by itself, unless it is on its way there', async () => {
  const spill = new RowSpill();
  assert.equal(spill.patch(0, new Uint8Array(1), 0), false, 'nothing is there yet');
  const place = spill.write(
    undefined,
    Uint8Array.from({ length: 1000 }, (_, index) => index % 251),
  )!;
  const read = (from: number, length: number): readonly number[] => {
    const bytes = new Uint8Array(length);
    spill.read(place, bytes, from);
    return [...bytes];
  };
  assert.deepEqual(read(500, 3), [249, 250, 0]);
  assert.equal(spill.patch(place, Uint8Array.of(1), 500), false);
  while (spill.holds(place)) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(read(500, 3), [249, 250, 0]);
  assert.equal(spill.patch(place, Uint8Array.of(7, 8), 500), true);
  assert.deepEqual(read(499, 4), [248, 7, 8, 0]);
  spill.dispose();
});

test('rows on their way to disk are read from where they are, and are there afterwards', async () => {
  const spill = new RowSpill();
  const chunks = [1, 2, 3, 4, 5].map((value) => new Uint8Array(100_000).fill(value));
  const places = chunks.map((chunk) => spill.write(undefined, chunk)!);
  const again = spill.write(places[0], new Uint8Array(100_000).fill(9))!;
  const read = (place: number): Uint8Array => {
    const bytes = new Uint8Array(100_000);
    spill.read(place, bytes);
    return bytes;
  };
  assert.equal(spill.holds(places[1]!), true);
  const seen = (): readonly number[] => [again, ...places.slice(1)].map((place) => read(place)[99_999]!);
  assert.deepEqual(seen(), [9, 2, 3, 4, 5]);
  while (places.some((place) => spill.holds(place))) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(seen(), [9, 2, 3, 4, 5]);
  spill.write(undefined, chunks[0]!);
  spill.dispose();
});

test('a file whose disk is full is closed when its last writing was answered, and none begins afterwards', () => {
  const pending: (() => void)[] = [];
  let answered = 0;
  const opened = new Set<number>();
  const results: (number | Error)[] = [new Error('ENOSPC'), 4, 10];
  const spill = new RowSpill((...call) => {
    const [fd] = call;
    const done = call[5];
    const result = results.shift()!;
    opened.add(fd);
    pending.push(() => {
      // A descriptor that was closed would be somebody else's by now.
      fs.fstatSync(fd);
      answered++;
      if (result instanceof Error) done(result, 0);
      else done(null, result);
    });
  });
  for (const value of [65, 66, 67]) spill.write(undefined, new Uint8Array(10).fill(value));
  pending.shift()!();
  spill.dispose();
  for (const answer of pending.splice(0)) answer();
  assert.equal(answered, 3);
  assert.deepEqual(pending, [], 'the rest of what was written in part is not');
  const [fd] = opened;
  assert.throws(() => fs.fstatSync(fd!), /EBADF/u);
});

test('a trace larger than its memory says the same as one that fits', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-rows-test-'));
  writeDnsCapture(path.join(folder, 'dns.pcap'), 400_000);
  const capture = fs.readFileSync(path.join(folder, 'dns.pcap'));
  fs.rmSync(folder, { recursive: true });
  const reports = [Number.POSITIVE_INFINITY, 1024].map((budget) => {
    const spill = new RowSpill();
    const engine = new TraceEngine({ memory: new RowMemory(budget, spill) });
    const stream = engine.openFile(() => ({ name: 'pod', role: 'unknown', addresses: [] }));
    for (let at = 0; at < capture.length; at += 500_000) stream.push(capture.subarray(at, at + 500_000));
    stream.end();
    engine.finish();
    const report = summarize(engine, []);
    spill.dispose();
    return report;
  });
  assert.ok(reports[0]!.transactions > 3 * ROWS);
  assert.ok(reports[0]!.lookups.failed > 100);
  assert.deepEqual(reports[1], reports[0]);
  assert.ok(DEFAULT_ROW_MEMORY < 400e6);
});
