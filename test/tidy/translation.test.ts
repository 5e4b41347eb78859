/** Texts that users read can be translated: what is collected for translators is whole, and what ships finds it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bundleFile, collectTexts } from '../../scripts/l10n.ts';
import { repositoryRoot } from '../../scripts/paths.ts';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;

test('l10n/bundle.l10n.json holds the texts of host and panel as they are (npm run l10n)', async () => {
  assert.equal(readFileSync(bundleFile, 'utf8'), await collectTexts());
});

test('package.nls.json has each text that package.json names, and no other', () => {
  const named = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
  assert.ok(named.length > 60, `found ${named.length}`);
  assert.deepEqual([...new Set(named)].sort(), Object.keys(texts).sort());
  assert.deepEqual(
    Object.entries(texts).filter(([, text]) => text.trim() === ''),
    [],
  );
});

/** Members of a manifest that VS Code shows to users. */
const SHOWN =
  /^(title|shortTitle|category|displayName|description|markdownDescription|contents|contextualTitle|name|label|patternErrorMessage|deprecationMessage|markdownDeprecationMessage|placeholder)$/;

test('nothing that VS Code shows stands in package.json itself', () => {
  const bare: string[] = [];
  const visit = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      const listed = /(^|\.)(enumDescriptions|markdownEnumDescriptions|enumItemLabels)$/.test(at);
      if (typeof one === 'string' && (SHOWN.test(key) || listed) && !/^%[^%]+%$/.test(one)) bare.push(`${at}.${key}`);
      visit(one, `${at}.${key}`);
    }
  };
  for (const part of ['capabilities', 'contributes']) visit(manifest[part], part);
  assert.deepEqual(bare, []);
});

test('the extension ships its texts and their translations', () => {
  assert.equal(manifest['l10n'], './l10n');
  const shipped = read('.vscodeignore').split('\n');
  for (const line of ['!package.nls.json', '!package.nls.*.json', '!l10n/*.json'])
    assert.ok(shipped.includes(line), line);
});
