/** docs/filter.md prints the catalogue of fields: each with its names, help and example, and none that is gone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FILTER_FIELDS, VERDICT_WORDS } from '../../../src/core/filter/fields.ts';
import { parseFilter } from '../../../src/core/filter/parser.ts';

const page = readFileSync(new URL('../../../docs/filter.md', import.meta.url), 'utf8');
/** Cells of the rows of all tables. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.startsWith('| --'))
  .map((line) => line.split(/(?<!\\)\|/u).slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim().replaceAll('\\|', '|')));

test('every field has its row, in the order of the catalogue', () => {
  const fields = rows.filter(([, , example]) => example?.startsWith('`') === true);
  assert.deepEqual(
    fields,
    FILTER_FIELDS.map(({ names, help, example }) => [
      names.map((name) => `\`${name}\``).join(', '),
      help,
      `\`${example}\``,
    ]),
  );
});

test('every word that judges has its row', () => {
  for (const [word, help] of Object.entries(VERDICT_WORDS)) {
    assert.ok(
      rows.some(([first, second]) => first === `\`${word}\`` && second === help),
      word,
    );
  }
});

test('the expressions at the top are read', () => {
  const examples = /```\n([^`]*)```/u.exec(page)![1]!.trim().split('\n');
  assert.ok(examples.length >= 7);
  for (const line of examples) assert.equal(parseFilter(line.split(/\s{3,}/u)[0]!).problem, undefined, line);
});
