/** Names that mean harm in everything that leaves a trace: files of every format, the report, the clipboard, the terminal. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { runAnalyze } from '../../../src/cli/analyze.ts';
import type { CliIo } from '../../../src/cli/io.ts';
import { EXPORT_COLUMNS } from '../../../src/core/export/columns.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import type { ExportFormat } from '../../../src/protocol/export.ts';
import { rowsAsText, type CopyFormat } from '../../../webview/app/rows/rowText.ts';
import { exported } from '../../support/exportStory.ts';
import { HOSTILE_NAMES, hostileCapture } from '../../support/hostileNames.ts';

let folder = '';
let capture = '';
let store: LocalTraceStore;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-hostile-'));
  capture = path.join(folder, 'hostile.pcapng');
  fs.writeFileSync(capture, hostileCapture());
  store = new LocalTraceStore({ slowNs: 5e6 });
  await store.openFiles([capture]);
});
after(() => {
  store.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const FORMULA = /^[=+\-@\t\r]/u;

/** What hides, turns or moves the cursor, line ends (and `allowed`) aside. */
function assertVisible(text: string, allowed = ''): void {
  for (const line of text.split('\n')) {
    const found = [...line].find((character) => HIDDEN.test(character) && !allowed.includes(character));
    assert.equal(
      found,
      undefined,
      `U+${(found?.codePointAt(0) ?? 0).toString(16)} in ${JSON.stringify(line.slice(0, 300))}`,
    );
  }
}

/** Cells as RFC 4180 has them. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gu)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

const files: Readonly<Record<ExportFormat, (whole: Uint8Array, text: string) => Promise<void> | void>> = {
  csv: (_, text) => {
    const [header, ...rows] = cellsOf(text);
    assert.ok(rows.length > HOSTILE_NAMES.length);
    for (const row of rows) {
      assert.equal(row.length, header!.length);
      for (const [index, { name, type }] of EXPORT_COLUMNS.entries())
        if (type === 'text') assert.doesNotMatch(row[index]!, FORMULA, name);
    }
    assertVisible(text.replaceAll('\r\n', '\n'));
  },
  jsonl: (_, text) => {
    const lines = text.split('\n').filter((line) => line !== '');
    assert.ok(lines.length > HOSTILE_NAMES.length);
    for (const line of lines) assert.equal(typeof JSON.parse(line), 'object');
    assertVisible(text);
  },
  markdown: (_, text) => {
    const outside = text.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/gu, '');
    assert.doesNotMatch(outside, /(?<!\\)<|(?<!\\)!\[|(?<!\\)\]\(/u);
    assertVisible(text);
  },
  parquet: async (whole) => {
    const file = path.join(folder, 'hostile.parquet');
    fs.writeFileSync(file, whole);
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    try {
      const read = await duckdb.runAndReadAll(
        `SELECT count(*)::INT AS n, count(DISTINCT name)::INT AS names FROM '${file}'`,
      );
      const [counts] = read.getRowObjectsJson();
      assert.equal(counts!['n'], store.engine.trace.transactions.length);
      assert.equal(counts!['names'], HOSTILE_NAMES.length + 1);
    } finally {
      duckdb.closeSync();
    }
  },
  pcapng: async (whole) => {
    const file = path.join(folder, 'again.pcapng');
    fs.writeFileSync(file, whole);
    const again = new LocalTraceStore({ slowNs: 5e6 });
    const [opened] = await again.openFiles([file]);
    assert.equal(opened!.problem, undefined);
    const podsOf = ({ engine }: LocalTraceStore): readonly string[] =>
      engine.topology.topology.pods.map(({ name }) => name);
    assert.deepEqual(podsOf(again), podsOf(store));
    assert.equal(again.engine.trace.lookups.length, store.engine.trace.lookups.length);
    again.dispose();
  },
};

describe('hostile names do no harm in an export as', () => {
  for (const [format, check] of Object.entries(files))
    test(format, async () => {
      const { whole, text } = await exported(store, { format: format as ExportFormat });
      await check(whole, text);
    });
});

const clipboard: Readonly<Record<CopyFormat, (text: string) => void>> = {
  text: (text) => {
    for (const cell of text.split(/[\t\n]/u)) assert.doesNotMatch(cell, FORMULA);
    assertVisible(text, '\t');
  },
  json: (text) => {
    assert.equal((JSON.parse(text) as readonly unknown[]).length, store.engine.trace.lookups.length);
    assertVisible(text);
  },
  dig: (text) => {
    for (const line of text.split('\n')) assert.match(line, /^dig @[\d.]+ -q (?:'[\w.\\-]+'|[\w.-]+) -t [A-Z]+$/u);
    assertVisible(text);
  },
};

describe('hostile names do no harm on the clipboard as', () => {
  for (const [format, check] of Object.entries(clipboard))
    test(format, async () => {
      const { rows } = await store.query({ kind: 'rows/read', view: store.snapshot().view.view, from: 0, to: 200 });
      const columns = ['name', 'pod', 'namespace', 'node', 'nameserver'] as const;
      const asColumns = columns.map((id) => ({
        id,
        title: id,
        width: 1,
        text: (row: object) => (row as Readonly<Record<typeof id, string | undefined>>)[id] ?? '',
      }));
      check(rowsAsText(rows, format as CopyFormat, asColumns as unknown as Parameters<typeof rowsAsText>[2]));
    });
});

describe('hostile names do no harm in a terminal, from', () => {
  for (const argv of [[], ['--json'], ['--filter', 'failed']])
    test(['analyze', ...argv].join(' '), async () => {
      let out = '';
      const io: CliIo = {
        stdout: (text) => (out += text),
        stderr: (text) => (out += text),
        readFile: (file) => fs.promises.readFile(file),
      };
      await runAnalyze([capture, ...argv], io);
      assert.match(out, /lookups/u);
      assertVisible(out);
    });
});
