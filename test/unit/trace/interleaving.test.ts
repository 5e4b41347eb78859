import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { POD, Story, Told, VIP } from '../../support/story.ts';

const OTHER_CLIENT = '10.244.2.30';
const pods = ['10.244.0.5', '10.244.1.6'] as const;

/** Search walks of a watched pod and of one that is seen only in CoreDNS, their queries spread over two CoreDNS pods. */
function walks(): Story {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  pods.forEach((address, index) => story.vantage(`kube-system/coredns-${String(index)}`, 'coredns', address));
  let id = 1;
  for (const [offset, client] of [
    [0, POD],
    [7, OTHER_CLIENT],
  ] as const) {
    for (let walk = 0; walk < 3; walk++) {
      ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', ''].forEach((suffix, step) => {
        for (const type of ['A', 'AAAA']) {
          const found = suffix === '' && type === 'A';
          const name = suffix === '' ? 'api.example.com' : `api.example.com.${suffix}`;
          const leg = {
            client,
            port: 30_000 + id,
            id: id++,
            name,
            type,
            took: 1,
            ...(found ? { answers: ['192.0.2.1'] } : { rcode: suffix === '' ? 'NOERROR' : 'NXDOMAIN' }),
          };
          const at = offset + walk * 3000 + step * 4 + (type === 'A' ? 0 : 0.2);
          if (client === POD) story.leg({ ...leg, at, server: VIP, vantage: 'shop/order-service' });
          const to = (walk + step) % 2;
          story.leg({
            ...leg,
            at: at + 0.1,
            took: 0.8,
            server: pods[to]!,
            vantage: `kube-system/coredns-${String(to)}`,
          });
        }
      });
    }
  }
  return story;
}

test('however the streams are out of step, the same lookups come out', () => {
  const captures = [...walks().captures().values()];
  fc.assert(
    fc.property(fc.array(fc.nat(2), { maxLength: 80 }), fc.integer({ min: 50, max: 4000 }), (turns, size) => {
      const engine = new TraceEngine();
      const streams = captures.map(({ vantage }) => engine.openStream(engine.addVantage(vantage)));
      const at = captures.map(() => 0);
      const push = (index: number): void => {
        streams[index]!.push(captures[index]!.bytes.slice(at[index], at[index]! + size));
        at[index]! += size;
      };
      for (const turn of turns) push(turn);
      captures.forEach(({ bytes }, index) => {
        while (at[index]! < bytes.length) push(index);
      });
      engine.finish();
      const told = new Told(engine);
      assert.equal(told.outcomes.length, 6);
      assert.ok(
        told.outcomes.every((outcome) => outcome === 'api.example.com. A+AAAA answered'),
        told.outcomes.join('\n'),
      );
      assert.ok(told.lookups.every((row) => row.searchNames === 3));
      assert.deepEqual(told.told, []);
    }),
    { numRuns: 60 },
  );
});

test('a client that only CoreDNS sees shows up once the streams have had time to catch up', () => {
  const engine = new TraceEngine();
  const captures = [...walks().captures().values()];
  const streams = captures.map(({ vantage }) => engine.openStream(engine.addVantage(vantage)));
  captures.forEach(({ bytes }, index) => {
    streams[index]!.push(bytes);
  });
  engine.refresh();
  assert.equal(engine.counts.lookups, 3);
  engine.tick(engine.trace.epochNs(engine.trace.now));
  engine.tick(engine.trace.epochNs(engine.trace.now + 2e9));
  engine.refresh();
  assert.equal(engine.counts.lookups, 6);
});
