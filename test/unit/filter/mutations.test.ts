/**
 * 100,000 mutated filters: none throws, none hangs, and what parses runs over a trace. The seed changes with every run and is
 * printed; DNSCOPE_SEED repeats one.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../cluster/randomCorefile.ts';
import { checkFilter, filteredView, mutatedFilter } from '../../support/randomFilter.ts';
import { rotatingSeed } from '../../support/rotatingSeed.ts';

const ROUNDS = 20;
const PER_ROUND = 5_000;
const SEED = rotatingSeed();

describe('mutated filters', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const seed = SEED + round;
    test(`round ${round + 1} of ${ROUNDS}: ${PER_ROUND} filters`, (context) => {
      context.diagnostic(`seed ${seed}`);
      const random = new Random(seed);
      const view = filteredView();
      let sound = 0;
      for (let count = 0; count < PER_ROUND; count++) {
        const text = mutatedFilter(random);
        try {
          if (checkFilter(text, view, () => random.chance(10))) sound++;
        } catch (error) {
          throw new Error(`seed ${seed}, filter ${count}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
      assert.ok(sound > PER_ROUND / 10, `only ${sound} were sound`);
    });
  }
});
