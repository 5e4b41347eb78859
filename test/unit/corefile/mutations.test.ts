/**
 * 100,000 mutated Corefiles through lexer, parser and every rule: no throw, no hang. The seed changes with every run and is
 * printed; DNSCOPE_SEED repeats one. A hang ends at the suite's time limit, and the round's name says where to look.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { lexCorefile } from '../../../src/core/corefile/lexer.ts';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';
import { parseCorefile } from '../../../src/core/corefile/parser.ts';
import { Random, damage, writeCorefile, writeSlip } from '../../cluster/randomCorefile.ts';

const ROUNDS = 20;
const PER_ROUND = 5_000;
const SEED = Number(process.env['DNSCOPE_SEED'] ?? Date.now() % 1_000_000_000);

const FIXTURES = new URL('../../fixtures/corefiles/', import.meta.url);
const ORIGINALS = ['defaults/', 'rules/'].flatMap((folder) =>
  readdirSync(new URL(folder, FIXTURES))
    .filter((name) => name.endsWith('.corefile'))
    .map((name) => readFileSync(new URL(folder + name, FIXTURES), 'utf8')),
);
const PURPOSES = ['corefile', 'server', 'override'] as const;
const PIECES =
  '{ } ( ) " # \\ , : % / {$A} {%B%} \r \n \t \0 \u00a0 \u200b \ufeff \ud800 \u{1f600} import 0x 1e999 -1 ..'.split(
    ' ',
  );

function mutated(random: Random): string {
  const kind = random.below(8);
  const original = kind === 0 ? random.pick(ORIGINALS) : kind === 1 ? writeCorefile(random) : writeSlip(random);
  let text = random.chance(4) ? original : damage(random, original);
  for (let step = random.below(3); step > 0; step -= 1) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(3));
  }
  return random.chance(10) ? text.slice(0, random.below(text.length + 1)) : text;
}

describe('mutated Corefiles', () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const seed = SEED + round;
    test(`round ${round + 1} of ${ROUNDS}: ${PER_ROUND} files`, (context) => {
      context.diagnostic(`seed ${seed}`);
      const random = new Random(seed);
      for (let count = 0; count < PER_ROUND; count += 1) {
        const text = mutated(random);
        try {
          const purpose = random.pick(PURPOSES);
          const { tokens } = lexCorefile(text);
          assert.equal(parseCorefile(text).tokens.length, tokens.length);
          const environment = random.chance(2) ? { A: 'a.org', B: '' } : {};
          lintCorefile(text, { file: 'Corefile', purpose, environment });
        } catch (error) {
          throw new Error(`seed ${seed}, file ${count}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
    });
  }
});
