/** 100,000 mutated inputs for each reader of test/support/hostileReaders.ts, with another seed each run (rotatingSeed.ts). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compressionReader, messageReader, messagesIn, plainReaders } from '../../support/hostileReaders.ts';
import { rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { wireCorpus } from '../../support/wireCorpus.ts';

const ROUNDS = 100_000;
const seed = rotatingSeed();
const messages = messagesIn(wireCorpus(seededRandom(seed), 25));
assert.ok(messages.length > 200);

for (const { name, make, read } of [messageReader(messages), ...plainReaders()]) {
  test(`${name}: ${String(ROUNDS)} mutated inputs, seed ${String(seed)}`, () => {
    const random = seededRandom(seed);
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = make(random);
      try {
        found += Number(read(bytes, random));
      } catch (error) {
        throw new Error(`round ${String(round)}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
      }
    }
    // The damage does not hide behind an early refusal: something is still found in much of what is damaged.
    assert.ok(found > ROUNDS / 4, `only ${String(found)} things were found`);
  });
}

// The decoders are zlib's; what is ours is how bytes go in and out, members and frames, and the end.
const STREAMS = 20_000;
for (const kind of ['gzip', 'zstd'] as const) {
  const { name, make, read } = compressionReader(kind);
  test(`${name}: ${String(STREAMS)} mutated inputs, seed ${String(seed)}`, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < STREAMS; round++) await read(make(random), random);
  });
}
