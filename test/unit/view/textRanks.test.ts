import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { TextRanks } from '../../../src/core/view/order/textRanks.ts';

test('ranks follow the texts, equal ones alike, also as more ids come', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ maxLength: 2 }), { maxLength: 20 }), { maxLength: 5 }), (batches) => {
      const ranks = new TextRanks();
      const texts: string[] = [];
      for (const batch of batches) {
        texts.push(...batch);
        const sorted = [...new Set(texts)].sort();
        const given = runSteps(ranks.upTo(texts.length, (id) => texts[id]!));
        assert.deepEqual(
          [...given],
          texts.map((text) => sorted.indexOf(text)),
        );
      }
    }),
  );
});

test('many texts are ranked in steps', () => {
  const ranks = new TextRanks().upTo(30_000, (id) => String((id * 7919) % 30_000));
  let steps = 0;
  for (let step = ranks.next(); ; step = ranks.next(), steps++) {
    if (step.done !== true) continue;
    assert.equal(new Set(step.value).size, 30_000);
    break;
  }
  assert.ok(steps > 6, String(steps));
});
