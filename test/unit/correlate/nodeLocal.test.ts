/** R8: pod → NodeLocal DNSCache → CoreDNS over TCP → upstream, seen from the pod, the node and CoreDNS, in every order. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COREDNS, POD, Story, UPSTREAM, VIP, type Leg, type Told } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';
import { ROW_MASK } from '../../../src/core/trace/tables.ts';
import { roleOf } from '../../../src/core/trace/trace.ts';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { legOf, transactionsOfLookup } from '../../../src/core/view/rowBuilder.ts';
import { lookupAnsweredBy } from '../../../src/core/view/answeredBy.ts';

const CACHE = '169.254.20.10';
const NODE = '192.168.1.10';
const NAME = 'www.example.com';
const pod = 'shop/order-service';
const node = 'kube-system/node-local-dns-1';
const coredns = 'kube-system/coredns-1';
const answers = ['192.0.2.7'];

const places = (nodeRole: 'nodelocal' | 'node' | 'unknown' = 'nodelocal'): Story =>
  new Story().vantage(pod, 'client', POD).vantage(node, nodeRole, NODE).vantage(coredns, 'coredns', COREDNS);

interface Chain {
  readonly at: number;
  readonly id?: number;
  readonly name?: string;
  readonly server?: string;
  readonly took?: number;
  readonly rcode?: string;
  /** How far it goes. */
  readonly to?: 'cache' | 'coredns' | 'upstream';
  readonly silent?: 'upstream' | 'coredns';
  readonly seenAt?: readonly string[];
}

/** One query of the pod and all it causes, each leg wherever it can be seen. */
function chain(story: Story, spec: Chain): void {
  const { at, id = at + 1, name = NAME, server = CACHE, rcode, to = 'upstream', silent } = spec;
  const took = spec.took ?? 12;
  const base = { name, ...(rcode === undefined ? { answers } : { rcode }) };
  const seen = (leg: Omit<Leg, 'vantage' | 'name'>, ...vantages: readonly string[]): void => {
    for (const vantage of vantages)
      if (spec.seenAt?.includes(vantage) !== false) story.leg({ ...base, ...leg, vantage });
  };
  const own = { client: POD, port: 40_000 + (id % 1000), server, id };
  seen({ ...own, at, took }, pod);
  seen({ ...own, at: at + 0.1, took: took - 0.2 }, node);
  if (to === 'cache') return;
  const out = { client: NODE, port: 30_000 + (id % 1000), server: COREDNS, id: id + 5000, proto: 'tcp' } as const;
  const inner = silent === 'coredns' ? {} : { took: took - 2 };
  seen({ ...out, at: at + 1, ...inner }, node);
  seen({ ...out, at: at + 1.1, ...(silent === 'coredns' ? {} : { took: took - 2.2 }) }, coredns);
  if (to === 'coredns') return;
  const last = { client: COREDNS, port: 50_000 + (id % 1000), server: UPSTREAM, id: id + 9000, proto: 'tcp' } as const;
  seen({ ...last, at: at + 2, ...(silent === 'upstream' ? {} : { took: took - 4 }) }, coredns);
}

/** The legs of each lookup in reading order. */
const legs = ({ engine }: Told): readonly string[] =>
  Array.from({ length: engine.trace.lookups.length }, (_, lookup) =>
    transactionsOfLookup(engine, lookup)
      .map((id) => legOf(engine, id))
      .join(', '),
  );
const parentJoins = ({ engine: { trace } }: Told): readonly number[] =>
  Array.from({ length: trace.exchanges.length }, (_, id) => trace.exchanges.of(id).parentJoin[id & ROW_MASK]!).filter(
    (join) => join !== 0,
  );
const by = (told: Told): readonly (string | undefined)[] =>
  told.lookups.map((_, lookup) => lookupAnsweredBy(told.engine, lookup)?.by);

const WHOLE = 'client ↔ NodeLocal, client ↔ NodeLocal, NodeLocal ↔ CoreDNS, NodeLocal ↔ CoreDNS, CoreDNS ↔ upstream';

const topology: Topology = {
  ...emptyTopology,
  pods: [
    placedPod(pod, POD, { node: 'n1' }),
    placedPod(coredns, COREDNS, { role: 'coredns' }),
    { ...placedPod(node, NODE, { role: 'nodelocal', node: 'n1' }), addresses: [], hostNetwork: true },
  ],
  services: [KUBE_DNS],
  nodes: [{ name: 'n1', addresses: [NODE] }],
};
const known = (engine: TraceEngine): void => engine.setTopology(topology);

describe('the chain behind NodeLocal', () => {
  for (const order of [
    [pod, node, coredns],
    [node, coredns, pod],
    [coredns, node, pod],
    [coredns, pod, node],
  ]) {
    test(`is one lookup, whichever capture comes first: ${order.map((name) => name.split('/')[1]!).join(', ')}`, () => {
      const story = places();
      chain(story, { at: 0 });
      const told = story.run(order);
      assert.deepEqual(legs(told), [WHOLE]);
      assert.deepEqual(parentJoins(told), order[0] === coredns ? [2, 2] : [2, 2]);
      assert.deepEqual(by(told), ['upstream']);
      assert.equal(told.lookups[0]!.client, pod);
    });
  }

  test('at the DNS Service’s address, which NodeLocal binds as well', () => {
    const story = places();
    chain(story, { at: 0, server: VIP });
    assert.deepEqual(legs(story.run(undefined, known)), [WHOLE]);
  });

  test('in a capture of the whole node, where the topology names its address', () => {
    const story = places('node');
    chain(story, { at: 0 });
    const told = story.run(undefined, known);
    assert.deepEqual(legs(told), [WHOLE]);
    assert.deepEqual(parentJoins(told), [2, 2]);
  });

  test('in files alone: who asks the same meanwhile is taken for it, inferred', () => {
    const story = new Story().vantage('node.pcap', 'node', '').vantage(coredns, 'coredns', COREDNS);
    for (const at of [0, 100, 200, 300]) {
      const id = at + 1;
      const leg = { name: NAME, answers, vantage: 'node.pcap' };
      story.leg({ ...leg, at, took: 10, client: POD, port: 40_000 + at, server: CACHE, id });
      story.leg({
        ...leg,
        at: at + 1,
        took: 8,
        client: NODE,
        port: 30_000 + at,
        server: COREDNS,
        id: id + 500,
        proto: 'tcp',
      });
    }
    const told = story.run();
    assert.deepEqual(parentJoins(told), [3, 3, 3, 2]);
    assert.equal(told.lookups.length, 4);
  });

  test('a pod that asks CoreDNS itself at that moment is not NodeLocal', () => {
    const story = places();
    const other = { name: NAME, answers, client: '10.244.1.99', server: COREDNS, vantage: node };
    story.leg({ ...other, at: 50, took: 1, port: 41_000, id: 70, server: CACHE });
    chain(story, { at: 100, to: 'cache' });
    story.leg({ ...other, at: 103, took: 4, port: 41_001, id: 71 });
    assert.deepEqual(parentJoins(story.run()), []);
  });

  for (const [what, shown] of [
    ['as it left the pod', ['pod']],
    ['as it left the pod and then the node, whose address it got', ['pod', 'node']],
  ] as const) {
    for (const order of [undefined, [node, coredns, pod], [coredns, node, pod]]) {
      test(`CoreDNS on the same node: its own query upstream, seen ${what}, is its own (${order?.join(', ') ?? 'in time'})`, () => {
        const story = places();
        chain(story, { at: 0, id: 1 });
        const last = { name: NAME, answers, server: UPSTREAM, id: 9001, proto: 'tcp', vantage: node } as const;
        for (const place of shown)
          story.leg(
            place === 'pod'
              ? { ...last, at: 2.05, took: 7.9, client: COREDNS, port: 50_001 }
              : { ...last, at: 2.1, took: 7.8, client: NODE, port: 61_001 },
          );
        const told = story.run(order, known);
        assert.deepEqual(legs(told), [`${WHOLE}${', CoreDNS ↔ upstream'.repeat(shown.length)}`]);
        assert.deepEqual(parentJoins(told), [2, 2]);
      });
    }
  }

  test('AWS and GCP answer DNS at 169.254.169.x: no NodeLocal', () => {
    const story = places();
    story.leg({
      at: 0,
      took: 3,
      name: NAME,
      answers,
      client: POD,
      port: 40_000,
      server: '169.254.169.253',
      id: 1,
      vantage: pod,
    });
    const told = story.run();
    assert.deepEqual(legs(told), ['client ↔ server']);
    assert.ok(told.lookups[0]!.way.every(({ hop }) => hop !== 'nodelocal'));
  });
});

describe('what the chain says', () => {
  for (const [who, to, expected] of [
    ['the upstream', 'upstream', ['info slow upstream slow']],
    ['CoreDNS', 'coredns', ['info slow coredns slow']],
    ['NodeLocal', 'cache', ['info slow nodelocal slow']],
  ] as const) {
    test(`slow is who took the time: ${who}`, () => {
      const story = places();
      for (let id = 1; id <= 12; id++)
        chain(story, { at: id * 1000, id, to, took: 40, name: `n${String(id)}.example.com` });
      const told = story.run();
      assert.deepEqual(told.told, expected);
      const server = { upstream: UPSTREAM, coredns: COREDNS, cache: CACHE }[to];
      assert.equal(told.findings.findings[0]?.subject['server'], server);
      assert.equal(told.findings.findings[0].confidence, 'strong');
    });
  }

  test('an answer from its cache never reaches CoreDNS, and nothing is lost', () => {
    const story = places();
    chain(story, { at: 0 });
    chain(story, { at: 1000, to: 'cache', took: 1 });
    const told = story.run();
    assert.deepEqual(by(told), ['upstream', 'nodelocal']);
    assert.deepEqual(
      told.lookups[1]!.way.map(({ hop, state }) => `${hop} ${state}`),
      ['client ok', 'nodelocal ok', 'coredns unused', 'upstream unused'],
    );
    assert.deepEqual(
      told.findings.findings.filter(({ severity }) => severity !== 'info'),
      [],
    );
  });

  for (const role of ['unknown', 'node', 'nodelocal'] as const)
    test(`a capture of the pods’ side alone says nothing of its cache: declared ${role}`, () => {
      const story = new Story().vantage('node-1', role, NODE);
      for (let n = 0; n < 30; n++) {
        const client = `10.244.1.${String(10 + (n % 3))}`;
        const leg = { at: n * 500, took: 20, client, port: 30_000 + n, server: CACHE, id: n + 1, vantage: 'node-1' };
        story.leg({ ...leg, name: `h${String(n)}.example.com`, answers });
      }
      const told = story.run();
      assert.deepEqual([...new Set(by(told))], ['unknown']);
      assert.deepEqual(
        told.lookups[0]!.way.map(({ hop, state }) => `${hop} ${state}`),
        ['client ok', 'nodelocal ok', 'coredns unwatched', 'upstream unwatched'],
      );
      assert.doesNotMatch(told.lookups[0]!.way.map(({ note }) => note ?? '').join(), /without CoreDNS|from the cache/);
    });

  test('a capture of its own is none of CoreDNS’s', () => {
    const story = new Story().vantage('node-1', 'unknown', CACHE);
    for (let n = 0; n < 30; n++) {
      const client = `10.244.1.${String(10 + (n % 3))}`;
      const leg = { at: n * 500, client, port: 30_000 + n, server: CACHE, id: n + 1, vantage: 'node-1' };
      story.leg({ ...leg, name: `h${String(n)}.example.com`, answers, ...(n < 25 ? { took: 2 } : {}) });
    }
    const told = story.run();
    assert.equal(roleOf(told.engine.trace.vantages[0]!), 'nodelocal');
    assert.deepEqual(
      told.told.filter((line) => line.includes('coredns coredns') || line.includes('in-coredns')),
      [],
    );
  });

  test('CoreDNS answered NodeLocal out of its own cache or data', () => {
    const story = places();
    chain(story, { at: 0, to: 'coredns', name: 'cart.shop.svc.cluster.local' });
    const told = story.run();
    assert.deepEqual(by(told), ['unknown']);
    assert.deepEqual(
      told.lookups[0]!.way.map(({ hop, state }) => `${hop} ${state}`),
      ['client ok', 'nodelocal ok', 'coredns ok', 'upstream unwatched'],
    );
  });

  test('an upstream that is silent is named through both', () => {
    const story = places();
    chain(story, { at: 0, took: 4100, rcode: 'SERVFAIL', silent: 'upstream' });
    const told = story.run();
    assert.equal(told.lookups[0]!.outcome, 'error');
    const { trace } = told.engine;
    assert.equal(trace.addresses.textOf(trace.lookups.of(0).culprit[0]!), UPSTREAM);
    assert.deepEqual(told.told, ['error upstream-no-answer upstream upstream-silent']);
  });

  test('CoreDNS that answers NodeLocal with an error of its own', () => {
    const story = places();
    chain(story, { at: 0, rcode: 'REFUSED', to: 'coredns' });
    const told = story.run();
    const { trace } = told.engine;
    assert.equal(trace.addresses.textOf(trace.lookups.of(0).culprit[0]!), COREDNS);
    assert.equal(told.lookups[0]!.way.find(({ hop }) => hop === 'coredns')?.state, 'failed');
  });

  test('unanswered, with NodeLocal between and not watched: nothing is said about CoreDNS', () => {
    const story = places();
    story.leg({ at: 0, name: NAME, client: POD, port: 40_000, server: CACHE, id: 1, vantage: pod });
    story.leg({
      at: 3000,
      took: 9,
      name: 'x.example.com',
      answers,
      client: '10.244.9.9',
      port: 40_000,
      server: COREDNS,
      id: 2,
      vantage: coredns,
    });
    const told = story.run([pod, coredns]);
    assert.deepEqual(
      told.told.filter((line) => !line.startsWith('info')).map((line) => line.split(' ')[1]),
      ['unanswered'],
    );
  });

  test('without the node’s capture CoreDNS’s lookup is the node’s: whose it was only the chain tells', () => {
    const story = places();
    chain(story, { at: 0, seenAt: [pod, coredns] });
    const told = story.run([pod, coredns], known);
    assert.deepEqual(
      told.lookups.map(({ client, way }) => `${client} ${way.map(({ hop }) => hop).join('-')}`),
      [`${pod} client-nodelocal-coredns-upstream`],
    );
  });
});
