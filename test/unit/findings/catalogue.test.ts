/** The overview and the pages say what the code does; stories of all findings are told by `Told`, which forbids a second error. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { FINDING_RULES } from '../../../src/core/findings/evaluateFindings.ts';

const ROOT = new URL('../../../', import.meta.url);
const SEVERITIES = ['error', 'warning', 'info'];

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The rule's file, by its id. */
function sourceOf(id: string): string {
  const files = readdirSync(new URL('src/core/findings/', ROOT));
  return files.map((file) => read(`src/core/findings/${file}`)).find((text) => text.includes(`  id: '${id}'`)) ?? '';
}

const rows = read('docs/findings/README.md')
  .split('\n')
  .flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const id = /^\[(?<id>[a-z0-9-]+)\]\(\k<id>\.md\)$/u.exec(cells[1] ?? '')?.groups?.['id'];
    return id === undefined ? [] : [{ id, cells: cells.slice(2, -1) }];
  });

suite('The catalogue of findings', () => {
  test('lists every rule in the order in which they are asked', () => {
    assert.deepEqual(
      rows.map(({ id }) => id),
      FINDING_RULES.map(({ id }) => id),
    );
  });

  for (const { id, cells } of rows) {
    test(`${id} has the severities of its code, and says what it needs and what excludes it`, () => {
      const [what, severity, needs, excluded] = cells;
      const source = sourceOf(id);
      assert.equal(severity, SEVERITIES.filter((one) => source.includes(`'${one}'`)).join(', '));
      for (const cell of [what, needs, excluded]) assert.ok((cell ?? '').length > 3);
      const page = read(`docs/findings/${id}.md`);
      assert.ok(page.startsWith(`# ${id}\n`));
      for (const part of ['**Asserted when**', '**Excluded by**', '**What to do**'])
        assert.ok(page.includes(part), part);
      assert.equal(page.includes('Explains what'), source.includes('explains: true'));
    });
  }
});
