/** Rows on the clipboard, without a browser. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { nameText } from '../../src/core/dns/name.ts';
import type { GridRow } from '../../src/core/view/rows.ts';
import { copyText, digCommands, MOST_COPIED } from '../../webview/app/rows/rowText.ts';
import { fakeLookup } from '../../webview/gallery/fakeTrace.ts';

const run = promisify(execFile);

function row(change: Partial<GridRow>): GridRow {
  const { row: made } = fakeLookup({ id: 3, timeUs: 1e15, name: 'api.example.com.', kind: 'external' });
  return { ...made, nameserver: '10.96.0.10', dst: 's/kube-system/kube-dns:53', qtype: 'A+AAAA', ...change } as GridRow;
}

test('the commands ask what was asked, of whom it was asked', () => {
  assert.deepEqual(digCommands(row({})), [
    'dig @10.96.0.10 -q api.example.com. -t A',
    'dig @10.96.0.10 -q api.example.com. -t AAAA',
  ]);
  const other = row({ nameserver: 'fd00::a', dst: 'r/fd00::a:5353', proto: 'TCP', qtype: 'TYPE65' });
  assert.deepEqual(digCommands(other), ['dig @fd00::a -p 5353 -q api.example.com. -t TYPE65 +tcp']);
  assert.deepEqual(digCommands(row({ nameserver: '' })), []);
});

test('whatever bytes a name has, a shell takes it for one word, and that word has no letter that a shell knows', async () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  const names = fc.sample(fc.array(label, { minLength: 1, maxLength: 3 }), 60).map((labels) => {
    const wire = labels.flatMap((bytes) => [bytes.length, ...bytes]);
    return nameText(Uint8Array.from([...wire, 0]), 0, wire.length + 1);
  });
  names.push('$(reboot).', '`id`.', "a';id;'.", '-f.example.', 'a\\.b.example.', 'a\\\\b.', '%PATH%.', '&calc.');
  const commands = names.flatMap((name) => digCommands(row({ name, qtype: 'A' })));
  for (const command of commands) assert.match(command, /^dig @10\.96\.0\.10 -q ('[\w.\\-]+'|[\w.-]+) -t A$/u);
  const script = commands.map((command) => command.replace(/^dig/u, 'words')).join('\n');
  const { stdout } = await run('sh', ['-c', `words() { echo "$#"; }\n${script}`]);
  assert.deepEqual(stdout.trim().split('\n'), new Array(names.length).fill('5'));
});

test('rows are read in windows, and too many are refused instead of cut', async () => {
  const windows: string[] = [];
  const read = (from: number, to: number): Promise<readonly GridRow[]> => {
    windows.push(`${String(from)}-${String(to)}`);
    return Promise.resolve(Array.from({ length: to - from }, (_, k) => row({ name: `n${String(from + k)}.` })));
  };
  const column = {
    id: 'name',
    title: '',
    width: 1,
    minWidth: 1,
    render: () => undefined,
    text: ({ name }: GridRow) => name,
  };
  const text = await copyText(
    read,
    [
      { from: 2, to: 3 },
      { from: 10, to: 809 },
    ],
    'text',
    [column],
  );
  assert.deepEqual(windows, ['2-4', '10-510', '510-810']);
  assert.equal(text.split('\n').length, 802);
  const json = JSON.parse(await copyText(read, [{ from: 0, to: 0 }], 'json', [])) as readonly {
    readonly name: string;
  }[];
  assert.equal(json[0]?.name, 'n0.');
  await assert.rejects(copyText(read, [{ from: 0, to: MOST_COPIED }], 'text', [column]), /can be copied/u);
});
