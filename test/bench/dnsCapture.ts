/**
 * Writes a large DNS capture as fast as the disk takes it: pods of one cluster ask kube-dns for Services and outside names,
 * A and AAAA in turn, and get answers; one query in a thousand stays unanswered and one in fifty gets NXDOMAIN. The generator is seeded, so
 * that every run on every machine reads the same packets.
 */
import * as fs from 'node:fs';

const FLUSH = 8 * 1024 * 1024;
const VIP = 0x0a60_000a;

export function writeDnsCapture(file: string, packets: number): void {
  const fd = fs.openSync(file, 'w');
  try {
    const writer = new CaptureWriter(fd);
    const random = seeded(20_260_101);
    const names = Array.from({ length: 5000 }, (_, index) => nameOf(index));
    let timeNs = 1_763_700_000_000_000_000n;
    for (let written = 0; written < packets;) {
      const client = 0x0af4_0000 + 10 + (random() % 400);
      const query = {
        client,
        port: 1024 + (random() % 60_000),
        id: random() & 0xffff,
        name: names[random() % names.length]!,
        type: written % 4 < 2 ? 1 : 28,
      };
      timeNs += 12_000n;
      writer.query(timeNs, query);
      written++;
      if (written >= packets || random() % 1000 === 0) continue;
      writer.response(timeNs + BigInt(60_000 + (random() % 900_000)), query, random() % 50 === 0 ? 3 : 0);
      written++;
    }
    writer.flush();
  } finally {
    fs.closeSync(fd);
  }
}

interface Query {
  readonly client: number;
  readonly port: number;
  readonly id: number;
  readonly name: Buffer;
  readonly type: number;
}

class CaptureWriter {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(FLUSH + 1024);
  #at = 0;

  constructor(fd: number) {
    this.#fd = fd;
    const header = this.#buffer;
    header.writeUInt32LE(0xa1b2_3c4d, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(65_535, 16);
    header.writeUInt32LE(1, 20);
    this.#at = 24;
  }

  query(timeNs: bigint, query: Query): void {
    this.#packet(timeNs, query.client, query.port, VIP, 53, query, 0x0100, false);
  }

  response(timeNs: bigint, query: Query, rcode: number): void {
    this.#packet(timeNs, VIP, 53, query.client, query.port, query, 0x8180 | rcode, rcode === 0 && query.type === 1);
  }

  flush(): void {
    fs.writeSync(this.#fd, this.#buffer, 0, this.#at);
    this.#at = 0;
  }

  #packet(
    timeNs: bigint,
    src: number,
    srcPort: number,
    dst: number,
    dstPort: number,
    query: Query,
    flags: number,
    answer: boolean,
  ): void {
    if (this.#at >= FLUSH) this.flush();
    const b = this.#buffer;
    let at = this.#at;
    const dns = 12 + query.name.length + 4 + (answer ? 16 : 0);
    const ip = 28 + dns;
    b.writeUInt32LE(Number(timeNs / 1_000_000_000n), at);
    b.writeUInt32LE(Number(timeNs % 1_000_000_000n), at + 4);
    b.writeUInt32LE(14 + ip, at + 8);
    b.writeUInt32LE(14 + ip, at + 12);
    b.fill(0, at + 16, at + 16 + 14 + 28);
    b.writeUInt16BE(0x0800, at + 28);
    at += 30;
    b[at] = 0x45;
    b.writeUInt16BE(ip, at + 2);
    b[at + 8] = 64;
    b[at + 9] = 17;
    b.writeUInt32BE(src, at + 12);
    b.writeUInt32BE(dst, at + 16);
    b.writeUInt16BE(srcPort, at + 20);
    b.writeUInt16BE(dstPort, at + 22);
    b.writeUInt16BE(8 + dns, at + 24);
    at += 28;
    b.writeUInt16BE(query.id, at);
    b.writeUInt16BE(flags, at + 2);
    b.writeUInt16BE(1, at + 4);
    b.writeUInt16BE(answer ? 1 : 0, at + 6);
    b.writeUInt32BE(0, at + 8);
    query.name.copy(b, at + 12);
    at += 12 + query.name.length;
    b.writeUInt16BE(query.type, at);
    b.writeUInt16BE(1, at + 2);
    at += 4;
    if (answer) {
      b.writeUInt16BE(0xc00c, at);
      b.writeUInt16BE(query.type, at + 2);
      b.writeUInt16BE(1, at + 4);
      b.writeUInt32BE(30, at + 6);
      b.writeUInt16BE(4, at + 10);
      b.writeUInt32BE(0x0a60_0001, at + 12);
      at += 16;
    }
    this.#at = at;
  }
}

function nameOf(index: number): Buffer {
  const labels =
    index % 10 === 0
      ? ['www', `site-${String(index)}`, 'example', 'com']
      : [`svc-${String(index)}`, `ns-${String(index % 50)}`, 'svc', 'cluster', 'local'];
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

/** xorshift32: fast, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
