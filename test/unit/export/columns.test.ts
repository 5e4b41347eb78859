import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { EXPORT_COLUMNS } from '../../../src/core/export/columns.ts';

test('docs/export.md has every column with its type, in order', () => {
  const page = fs.readFileSync(path.join(import.meta.dirname, '../../../docs/export.md'), 'utf8');
  const section = page.slice(page.indexOf('## Columns'), page.indexOf('## Asking Parquet'));
  const documented = [...section.matchAll(/^\| `([a-z_]+)` +\| ([a-z0-9]+) +\|/gmu)].map(
    (row) => `${row[1]!} ${row[2]!}`,
  );
  assert.deepEqual(
    documented,
    EXPORT_COLUMNS.map(({ name, type }) => `${name} ${type}`),
  );
});
