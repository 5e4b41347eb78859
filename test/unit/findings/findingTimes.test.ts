import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { lookupRow } from '../../../src/core/view/rowBuilder.ts';
import { engineOf, randomWorld } from '../../support/dnsWorld.ts';
import { ask, EPOCH_NS, watchedStory } from '../../support/story.ts';

test('a finding tells when the first and the last of its lookups began', () => {
  const story = watchedStory().withFaults(3);
  for (let at = 0; at < 20; at++)
    ask(story, { at: at * 100, took: 2, name: `n${String(at)}.example.com`, answers: ['192.0.2.1'] });
  for (const at of [350, 720, 1510]) ask(story, { at, took: 2, name: 'no.example.com', rcode: 'REFUSED' });
  const { engine } = story.run();
  const { findings } = evaluateFindings(engine);
  assert.ok(findings.length > 0);
  const startUs = Number(EPOCH_NS / 1000n);
  const refused = findings.find((one) => one.severity !== 'info');
  assert.deepEqual(
    [refused?.evidence.count, refused?.evidence.firstUs, refused?.evidence.lastUs],
    [3, startUs + 350_000, startUs + 1_510_000],
  );
});

test('whatever captures overlap, the times are those of its rows', () => {
  fc.assert(
    fc.property(randomWorld, (world) => {
      const engine = engineOf(world);
      const { findings, lookups } = evaluateFindings(engine);
      findings.forEach(({ evidence }, index) => {
        const begins = [...lookups[index]!].map((id) => lookupRow(engine, id, 0, false).timeUs);
        const span = begins.length === 0 ? [undefined, undefined] : [Math.min(...begins), Math.max(...begins)];
        assert.deepEqual([evidence.firstUs, evidence.lastUs], span);
      });
    }),
    { numRuns: 30 },
  );
});
