import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';

const FIXTURES = new URL('../../../fixtures/corefiles/', import.meta.url);

/** Corefiles as published, and those of the rules. */
export const REAL: readonly string[] = ['defaults/', 'rules/'].flatMap((folder) =>
  readdirSync(new URL(folder, FIXTURES))
    .filter((name) => name.endsWith('.corefile'))
    .map((name) => readFileSync(new URL(folder + name, FIXTURES), 'utf8')),
);

const WORDS =
  '{ } " # \\ , \r \t \u00a0 \ufeff import (s) . .:53 {$A} {%B%} log cache forward hosts errors rewrite name # "a\nb"'.split(
    ' ',
  );
const piece = fc.oneof(fc.constantFrom(...WORDS, ' ', ' ', '\n', '\n', '\r\n'), fc.string({ maxLength: 4 }));
const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

/** Blanks of real files changed, so that the text stays readable: the formatter's daily bread. */
const respaced = fc
  .tuple(fc.constantFrom(...REAL), fc.array(fc.constantFrom(' ', '  ', '\t', '   \t'), { minLength: 3, maxLength: 3 }))
  .map(([text, blanks]) => {
    let turn = 0;
    return text.replace(/[ \t]+/gu, () => blanks[turn++ % 3] ?? ' ').replace(/\n\n/gu, '\n \n\n\n');
  });

const damaged = fc
  .record({ text: fc.constantFrom(...REAL), at: fc.nat(), length: fc.nat(12), insert: soup })
  .map(({ text, at, length, insert }) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + insert + text.slice(from + length);
  });

export const anyText = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 200 }), respaced, damaged);
