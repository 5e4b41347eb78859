/** The TextMate grammar can't import the catalogue, so this keeps the two lists of plugins equal. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pluginCatalogue } from '../../../src/core/corefile/pluginCatalogue.ts';

const FOLDER = new URL('../../../media/language/', import.meta.url);

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

interface Pattern {
  readonly match?: string;
  readonly include?: string;
}

interface Grammar {
  readonly scopeName: string;
  readonly repository: Readonly<Record<string, Pattern | undefined>>;
}

test('the grammar names every plugin of the catalogue', () => {
  const grammar = readJson('corefile.tmLanguage.json') as Grammar;
  assert.equal(grammar.scopeName, 'source.corefile');
  const names = /\(\?:\(([\w|]+)\)/u.exec(grammar.repository['plugin']?.match ?? '')?.[1]?.split('|') ?? [];
  assert.deepEqual(names.sort(), [...pluginCatalogue().keys()].sort());
});

test('every pattern of the grammar compiles, and every include exists', () => {
  const grammar = readJson('corefile.tmLanguage.json') as Grammar;
  JSON.stringify(grammar, (key, value: unknown) => {
    if (typeof value === 'string' && ['match', 'begin', 'end'].includes(key)) assert.ok(new RegExp(value));
    if (key === 'include') assert.ok(typeof value === 'string' && value.slice(1) in grammar.repository, String(value));
    return value;
  });
});

test('the language configuration comments with # and pairs braces', () => {
  const configuration = readJson('corefile-configuration.json') as {
    readonly comments: { readonly lineComment: string };
    readonly brackets: readonly (readonly string[])[];
  };
  assert.equal(configuration.comments.lineComment, '#');
  assert.deepEqual(configuration.brackets, [['{', '}']]);
});
