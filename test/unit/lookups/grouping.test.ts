import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COREDNS, POD, Story, VIP, type Leg, type Told } from '../../support/story.ts';

const vantage = 'shop/order-service';
const base = { client: POD, port: 40_000, server: VIP, name: 'www.example.com', vantage, took: 1 };

function lookups(...legs: readonly (Partial<Leg> & Pick<Leg, 'at' | 'id'>)[]): readonly string[] {
  const story = new Story().vantage(vantage, 'client', POD);
  for (const leg of legs) story.leg({ ...base, ...leg });
  return story.run().lookups.map((row) => `${row.name} ${row.qtype} ${row.outcome} ×${String(row.attempts)}`);
}

test('A and AAAA asked together are one lookup', () => {
  const both = lookups({ at: 0, id: 1, answers: ['192.0.2.1'] }, { at: 0.2, id: 2, type: 'AAAA' });
  assert.deepEqual(both, ['www.example.com. A+AAAA answered ×1']);
});

test('the same question again after an answer is a new lookup', () => {
  const both = lookups({ at: 0, id: 1, answers: ['192.0.2.1'] }, { at: 100, id: 2, answers: ['192.0.2.1'] });
  assert.equal(both.length, 2);
});

test('the same question again after SERVFAIL is another attempt', () => {
  const both = lookups({ at: 0, id: 1, rcode: 'SERVFAIL' }, { at: 3, id: 2, port: 40_001, answers: ['192.0.2.1'] });
  assert.deepEqual(both, ['www.example.com. A answered ×2']);
});

test('a repeat from a new socket after five silent seconds is another attempt', () => {
  const silent: Partial<Leg> = {};
  const story = new Story().vantage(vantage, 'client', POD);
  const { took: _took, ...unanswered } = base;
  story.leg({ ...unanswered, ...silent, at: 0, id: 1 });
  story.leg({ ...base, at: 5000, id: 2, port: 40_001, answers: ['192.0.2.1'] });
  assert.deepEqual(
    story.run().lookups.map((row) => `${row.outcome} ×${String(row.attempts)} wasted ${String(row.wastedQueries)}`),
    ['answered ×2 wasted 1'],
  );
});

test('names that share no first label are two lookups, however close', () => {
  const both = lookups(
    { at: 0, id: 1, rcode: 'NXDOMAIN' },
    { at: 2, id: 2, name: 'api.example.com', answers: ['192.0.2.1'] },
  );
  assert.equal(both.length, 2);
});

test('a search list that ends in NXDOMAIN everywhere is one failed lookup', () => {
  const names = ['db.shop.svc.cluster.local', 'db.svc.cluster.local', 'db.cluster.local', 'db'];
  const walk = lookups(...names.map((name, index) => ({ at: index * 3, id: index + 1, name, rcode: 'NXDOMAIN' })));
  assert.deepEqual(walk, ['db. A nxdomain ×1']);
});

test('the next name of a walk may take its time on a crowded machine, for a second', () => {
  const names = ['a.example.com.svc.cluster.local', 'a.example.com'];
  for (const [pause, walks] of [
    [999, 1],
    [1002, 2],
  ] as const) {
    const walk = names.map((name, index) => ({ at: index * (pause + 1), id: index + 1, name, rcode: 'NXDOMAIN' }));
    assert.equal(lookups(...walk).length, walks, `${String(pause)} ms`);
  }
});

test('one of A and AAAA unanswered makes the lookup unanswered', () => {
  const story = new Story().vantage(vantage, 'client', POD);
  const { took: _took, ...silent } = base;
  story.leg({ ...base, at: 0, id: 1, answers: ['192.0.2.1'] });
  story.leg({ ...silent, at: 0.1, id: 2, type: 'AAAA' });
  story.leg({ ...base, at: 9000, id: 3, name: 'later.example.com', answers: ['192.0.2.1'] });
  assert.deepEqual(
    story.run().lookups.map((row) => row.outcome),
    ['unanswered', 'answered'],
  );
});

test('another name that begins alike is a lookup of its own, once the bare name was tried', () => {
  const walk = ['api.shop.x.svc.cluster.local', 'api.shop.svc.cluster.local', 'api.shop.cluster.local', 'api.shop'];
  const both = lookups(
    ...walk.map((name, index) => ({ at: index * 3, id: index + 1, name, rcode: 'NXDOMAIN' })),
    { at: 20, id: 50, name: 'api.github.com.x.svc.cluster.local', rcode: 'NXDOMAIN' },
    { at: 23, id: 51, name: 'api.github.com', answers: ['192.0.2.1'] },
  );
  assert.deepEqual(both, ['api.shop. A nxdomain ×1', 'api.github.com. A answered ×1']);
});

test('a name that is tried bare first walks on through the search list', () => {
  const names = ['a.b.c.d.e.f', 'a.b.c.d.e.f.shop.svc.cluster.local', 'a.b.c.d.e.f.svc.cluster.local'];
  assert.equal(
    lookups(...names.map((name, index) => ({ at: index * 3, id: index + 1, name, rcode: 'NXDOMAIN' }))).length,
    1,
  );
});

test('queries to a cache in the pod itself are lookups, queries to a multicast group are not', () => {
  const story = new Story().vantage(vantage, 'client', POD);
  for (let i = 0; i < 5; i++) {
    story.leg({
      ...base,
      at: i * 1000,
      id: i + 1,
      client: '127.0.0.1',
      server: '127.0.0.1',
      port: 41_000 + i,
      rcode: 'SERVFAIL',
    });
    story.leg({ ...base, at: i * 1000 + 300, id: 0, server: '224.0.0.251', name: '_ipp._tcp.local', type: 'PTR' });
  }
  assert.deepEqual(
    story.run().lookups.map((row) => row.outcome),
    ['error', 'error', 'error', 'error', 'error'],
  );
});

test('a walk that its own capture cut stays open, however long others were watched', () => {
  const story = new Story().vantage(vantage, 'client', POD).vantage('kube-system/coredns-1', 'coredns', COREDNS);
  const [first, last] = ['a.example.com.svc.cluster.local', 'a.example.com'];
  story.leg({ ...base, at: 0, id: 1, name: first, rcode: 'NXDOMAIN' });
  story.leg({ ...base, at: 2, id: 2, name: last, answers: ['192.0.2.1'] });
  story.leg({ ...base, at: 3000, id: 3, name: first, rcode: 'NXDOMAIN' });
  const other = { client: '10.244.2.9', server: COREDNS, vantage: 'kube-system/coredns-1' };
  story.leg({ ...base, ...other, at: 9000, id: 4, name: 'b.example.com', answers: ['192.0.2.2'] });
  assert.deepEqual(
    story.run().lookups.map((row) => row.outcome),
    ['answered', 'pending', 'answered'],
  );
});

test('what a resolver alone saw of a watched client may have gone on at another resolver, unless all of them listened', () => {
  const first = 'a.example.com.svc.cluster.local';
  const outcomes = (secondUntil: number): readonly (string | undefined)[] => {
    const story = new Story().vantage(vantage, 'client', POD);
    for (const [index, address] of [COREDNS, '10.244.0.6'].entries())
      story.vantage(`kube-system/coredns-${String(index + 1)}`, 'coredns', address);
    story.leg({ ...base, at: 0, id: 1, name: 'b.example.com', answers: ['192.0.2.1'] });
    const other = { client: '10.244.2.9', took: 1, answers: ['192.0.2.2'] };
    for (const [vantage, server, at] of [
      ['kube-system/coredns-1', COREDNS, 9000],
      ['kube-system/coredns-2', '10.244.0.6', secondUntil],
    ] as const)
      for (const [k, time] of [1000, at].entries())
        story.leg({ ...other, vantage, server, at: time, id: k + 5, port: 41_000 + k, name: 'c.example.com' });
    // The pod's own capture has ended.
    story.leg({
      ...base,
      server: COREDNS,
      vantage: 'kube-system/coredns-1',
      at: 3000,
      id: 3,
      name: first,
      rcode: 'NXDOMAIN',
    });
    return story.run().lookups.flatMap((row) => (row.name.startsWith('a.') ? [row.outcome] : []));
  };
  assert.deepEqual([outcomes(4000), outcomes(9000)], [['pending'], ['nxdomain']]);
});

/** How many lookups two queries are, the second `pause` ms after the first. */
function count(pause: number, first: Partial<Leg>, second: Partial<Leg> = {}): number {
  const { took: _took, ...query } = base;
  const story = new Story().vantage(vantage, 'client', POD);
  story.leg({ ...query, at: 0, id: 1, ...first });
  story.leg({ ...query, at: pause, id: 2, took: 1, answers: ['192.0.2.1'], ...second });
  return story.run().lookups.length;
}

test('A and AAAA are one from two sockets within 20 ms, and from one socket for as long as a resolver waits', () => {
  const a: Partial<Leg> = { took: 1, answers: ['192.0.2.1'] };
  const other: Partial<Leg> = { type: 'AAAA', port: 40_001 };
  assert.deepEqual([count(20, a, other), count(20.1, a, other)], [1, 2]);
  assert.deepEqual([count(11_000, a, { type: 'AAAA' }), count(11_001, a, { type: 'AAAA' })], [1, 2]);
  assert.deepEqual([count(1, { ...a, type: 'TXT' }), count(1, a, { type: 'TXT' })], [2, 2], 'other types are no pair');
  assert.equal(count(1, a, { type: 'AAAA', client: '10.244.1.99' }), 2, 'another client');
});

test('what is asked again is a repeat: after silence from half a second to 11 s, after an error within 250 ms', () => {
  const again: Partial<Leg> = { port: 40_001 };
  assert.deepEqual(
    [499, 500, 11_000, 11_001].map((pause) => count(pause, {}, again)),
    [2, 1, 1, 2],
  );
  const failed: Partial<Leg> = { took: 1, rcode: 'SERVFAIL' };
  assert.deepEqual([count(251, failed, again), count(251.1, failed, again)], [1, 2]);
  const cut: Partial<Leg> = { took: 1, truncated: true, answers: ['192.0.2.1'] };
  assert.deepEqual([count(2, cut, { ...again, proto: 'tcp' }), count(300, cut, { ...again, proto: 'tcp' })], [1, 2]);
  assert.equal(count(2, { took: 1, rcode: 'NXDOMAIN' }, again), 2, 'a name that is not there is an answer');
});

test('a client has eight lookups under way at most', () => {
  for (const [others, expected] of [
    [7, 8],
    [8, 10],
  ] as const) {
    const story = new Story().vantage(vantage, 'client', POD);
    const leg = (at: number, id: number, name: string, rest: Partial<Leg>): Story =>
      story.leg({ ...base, at, id, port: 40_000 + id, name, ...rest });
    leg(0, 1, 'www.example.com', { rcode: 'SERVFAIL' });
    for (let k = 0; k < others; k++) leg(2 + k, 10 + k, `n${String(k)}.example.com`, { answers: ['192.0.2.1'] });
    leg(50, 2, 'www.example.com', { answers: ['192.0.2.1'] });
    assert.equal(story.withFaults(9).run().lookups.length, expected, String(others));
  }
});

test('a walk goes on only after its name was missed for each type asked', () => {
  const next: Partial<Leg> = { name: 'www.example.com', id: 9 };
  const walk = (a: Partial<Leg>, aaaa: Partial<Leg>): number => {
    const name = 'www.example.com.svc.cluster.local';
    const story = new Story().vantage(vantage, 'client', POD);
    story.leg({ ...base, at: 0, id: 1, name, ...a });
    story.leg({ ...base, at: 0, id: 2, name, type: 'AAAA', ...aaaa });
    story.leg({ ...base, at: 5, answers: ['192.0.2.1'], ...next, id: 9 });
    return story.withFaults(9).run().lookups.length;
  };
  const missed: Partial<Leg> = { rcode: 'NXDOMAIN' };
  assert.equal(walk(missed, missed), 1);
  assert.equal(walk(missed, {}), 1, 'no data is a miss, too');
  assert.equal(walk(missed, { answers: ['2001:db8::1'] }), 2);
  assert.equal(walk(missed, { rcode: 'SERVFAIL' }), 2);
  assert.equal(walk({ answers: ['192.0.2.1'] }, {}), 2, 'found for one type');
  assert.equal(walk(missed, { answerLost: true }), 2, 'the other is still waited for');
});

/** Walks of clients that nobody watches, as two CoreDNS pods see them: each capture is read whole, one after the other. */
function unwatchedClients(...legs: readonly (Partial<Leg> & Pick<Leg, 'at' | 'id'>)[]): Told {
  const pods = [COREDNS, '10.244.0.6'];
  const story = new Story();
  pods.forEach((pod, k) => story.vantage(`kube-system/coredns-${String(k)}`, 'coredns', pod));
  for (const leg of legs) {
    const server = leg.server ?? COREDNS;
    story.leg({ ...base, ...leg, server, vantage: `kube-system/coredns-${String(pods.indexOf(server))}` });
  }
  return story.run();
}

test('a walk over both CoreDNS pods is one lookup, though its answers were read before its order was known', () => {
  const name = 'www.example.com.svc.cluster.local';
  const first = { at: 0, id: 1, name, rcode: 'NXDOMAIN' };
  const next = { id: 2, answers: ['192.0.2.1'], server: '10.244.0.6' };
  assert.deepEqual(unwatchedClients(first, { ...next, at: 5 }).outcomes, ['www.example.com. A answered']);
  assert.equal(unwatchedClients(first, { ...next, at: 0.5 }).lookups.length, 2, 'asked before the answer came');
  assert.equal(unwatchedClients(first, { ...next, at: 1002 }).lookups.length, 2, 'a second after it');
  const twin = { at: 0.2, id: 3, name, type: 'AAAA', took: 500, rcode: 'NXDOMAIN' };
  assert.equal(
    unwatchedClients(first, twin, { ...next, at: 1300 }).lookups.length,
    1,
    'the second runs from the last answer',
  );
});

test('a failed answer that CoreDNS’s capture lost is still one, so what is asked again at once is a repeat', () => {
  const story = new Story().vantage(vantage, 'client', POD).vantage('kube-system/coredns-0', 'coredns', COREDNS);
  const failed = { ...base, at: 0, id: 1, rcode: 'SERVFAIL' };
  story.leg(failed);
  story.leg({ ...failed, at: 0.2, server: COREDNS, vantage: 'kube-system/coredns-0', answerLost: true });
  story.leg({ ...base, at: 50, id: 2, port: 40_001, answers: ['192.0.2.1'] });
  for (const order of [undefined, ['kube-system/coredns-0', vantage]])
    assert.deepEqual(story.run(order).outcomes, ['www.example.com. A answered']);
});

test('clients do not mix, however many there are', () => {
  const story = new Story().vantage('kube-system/coredns-0', 'coredns', COREDNS);
  for (let k = 0; k < 200; k++) {
    const leg = { ...base, client: `10.244.1.${String(k)}`, server: COREDNS, vantage: 'kube-system/coredns-0' };
    story.leg({ ...leg, at: k / 100, id: 1, name: 'www.example.com.svc.cluster.local', rcode: 'NXDOMAIN' });
    story.leg({ ...leg, at: 10 + k / 100, id: 2, answers: ['192.0.2.1'] });
  }
  const { engine } = story.run();
  assert.deepEqual([engine.trace.lookups.length, engine.clients], [200, 200]);
});
