import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology, type Topology, type TopologyService } from '../../../src/core/topology/topology.ts';
import type { Finding } from '../../../src/core/findings/finding.ts';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { parseTopologyComment, topologyComments } from '../../../src/protocol/sessionFile.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';
import { ask, COREDNS, forward, POD, UPSTREAM, VIP, watchedStory, type Story, type Told } from '../../support/story.ts';

const CART = 'cart.shop.svc.cluster.local';
const PODS = ['10.244.2.1', '10.244.2.2'];

function service(more: Partial<TopologyService> = {}): TopologyService {
  return { namespace: 'shop', name: 'cart', addresses: ['10.96.7.7'], isDns: false, endpoints: PODS, ...more };
}

const HEADLESS = service({ addresses: [], kind: 'headless' });

function topology(...services: readonly TopologyService[]): Topology {
  return { ...emptyTopology, services };
}

/** A lookup of the Service every ten seconds; each word is an answer: addresses with `+` between them, `-` none, `!` NXDOMAIN. */
function answered(words: string, name = CART, type = 'A'): Story {
  const story = watchedStory();
  words.split(' ').forEach((word, n) => {
    const result = word === '!' ? { rcode: 'NXDOMAIN' } : word === '-' ? {} : { answers: word.split('+') };
    ask(story, { at: n * 10_000, took: 1, name, type, ...result });
  });
  return story;
}

function tell(story: Story, of: Topology): Told {
  return story.run(undefined, (engine) => {
    engine.setTopology(of);
  });
}

function told(words: string, of: TopologyService, name?: string, type?: string): readonly string[] {
  return tell(answered(words, name, type), topology(of)).told;
}

const X = '10.96.0.99';
const OTHER = 'error answers-not-endpoints coredns not-in-topology-other-address';
const DENIED = 'error answers-not-endpoints coredns not-in-topology-denied';

test('a Service that is answered with another address', () => {
  const { told: lines, findings } = tell(answered(`${X} ${X}`), topology(service()));
  assert.deepEqual(lines, [OTHER]);
  const [finding] = findings.findings;
  assert.match(
    finding!.title,
    /^cart\.shop\.svc\.cluster\.local is answered with another address: .* says 10\.96\.0\.99, /,
  );
  assert.deepEqual(
    [finding!.subject['right'], finding!.evidence.count, finding!.confidence],
    ['10.96.7.7', 2, 'strong'],
  );
});

test('a Service that exists and is denied', () => {
  assert.deepEqual(told('! !', service()), [DENIED]);
  assert.deepEqual(told('!', HEADLESS).length, 1);
});

test('right answers in any case and order are silent, and so is a family that the Service does not have', () => {
  assert.deepEqual(told('10.96.7.7 10.96.7.7', service()), []);
  assert.deepEqual(told('10.96.7.7', service(), 'Cart.Shop.SVC.cluster.local'), []);
  assert.deepEqual(told('-', service(), CART, 'AAAA'), []);
  assert.deepEqual(told(`${PODS.join('+')} ${[...PODS].reverse().join('+')}`, HEADLESS), []);
});

test('a headless Service: a strange address, and a missing one, for longer than caches keep them', () => {
  assert.deepEqual(told('10.244.9.9 10.244.9.9 10.244.9.9 10.244.9.9 10.244.9.9', HEADLESS), [OTHER]);
  const { told: lines, findings } = tell(
    answered(`${PODS[0]!} ${PODS[0]!} ${PODS[0]!} ${PODS[0]!} ${PODS[0]!}`),
    topology(HEADLESS),
  );
  assert.deepEqual(lines, ['warning answers-not-endpoints coredns not-in-topology-incomplete']);
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('endpoints that changed within the trace are no fault', () => {
  assert.deepEqual(told(`10.244.9.9 10.244.9.9 10.244.9.9 10.244.9.9 10.244.9.9 ${PODS.join('+')}`, HEADLESS), []);
  assert.deepEqual(told(`${X} ${X} 10.96.7.7`, service()), []);
  assert.deepEqual(told('! ! 10.96.7.7', service()), ['warning unsuccessful-response name name-does-not-exist']);
  // Too short to be more than a change on its way.
  assert.deepEqual(told('10.244.9.9 10.244.9.9', HEADLESS), []);
});

test('wrong and right in turn is no change: the same server says both at the same time', () => {
  assert.deepEqual(told(`${X} 10.96.7.7 ${X}`, service()), [OTHER]);
});

test('a topology that follows the cluster: what a Service had before, and one that came, are no fault', () => {
  for (const before of [service({ addresses: [X] }), { ...service(), name: 'other' }]) {
    const story = answered(before.name === 'other' ? '!' : X);
    const { engine } = tell(story, topology(before));
    engine.trace.finished = false;
    engine.setTopology(topology(service()));
    const ids = evaluateFindings(engine).findings.map(({ id }) => id);
    assert.ok(!ids.includes('answers-not-endpoints'), ids.join());
  }
});

test('addresses are compared however the cluster writes them', () => {
  assert.deepEqual(told('fd00::a', service({ addresses: ['fd00:0:0:0:0:0:0:A'] }), CART, 'AAAA'), []);
  const headless = { ...HEADLESS, endpoints: ['FD00::0a'], unready: ['fd00:0::b'] };
  const words = Array.from({ length: 6 }, () => 'fd00::a+fd00::b').join(' ');
  assert.deepEqual(told(words, headless, CART, 'AAAA'), []);
});

test('every denied lookup is told once, also those whose answers are beyond what is kept', () => {
  const story = watchedStory();
  for (let n = 0; n < 500; n++)
    ask(story, { at: n * 1000, took: 1, port: 30_000 + n, id: n + 1, name: CART, rcode: 'NXDOMAIN' });
  const { told: lines, findings } = tell(story, topology(service()));
  assert.deepEqual(lines, [DENIED]);
  assert.equal(findings.findings[0]!.evidence.count, 500);
});

test('answers beyond what is kept are counted and told', () => {
  const words = Array.from({ length: 20 }, (_, n) => `10.96.9.${String(n)}`).join(' ');
  assert.deepEqual(told(words, service()), [OTHER, 'info answers-not-endpoints name answers-not-compared']);
});

test('a kubernetes block that leaves Services out says nothing of old states, also after saving', () => {
  for (const choice of ['namespaces kube-system', 'labels a in (b)', 'namespace_labels a=b']) {
    const corefile = corefileTopology(`.:53 {\n kubernetes cluster.local {\n ${choice}\n }\n}\n`);
    const given: Topology = { ...topology(service()), ...corefile };
    const saved = parseTopologyComment(topologyComments(given, new Set(['10.96.7.7'])))!;
    for (const known of [given, saved])
      assert.deepEqual(tell(answered('! !'), known).told, ['warning unsuccessful-response name name-does-not-exist']);
  }
});

test('excluded: ExternalName, endpoints that are not ready, a Service without endpoints, and no Services at all', () => {
  assert.deepEqual(told(X, service({ addresses: [], endpoints: [], kind: 'external-name' })), []);
  const ready = { ...HEADLESS, endpoints: [PODS[0]!], unready: [PODS[1]!] };
  assert.deepEqual(told(Array.from({ length: 6 }, () => PODS.join('+')).join(' '), ready), []);
  assert.deepEqual(told('!', service({ endpoints: [] })), ['warning unsuccessful-response name name-does-not-exist']);
  assert.deepEqual(tell(answered(X), emptyTopology).told, []);
});

test('an answer that was cut to fit UDP misses nothing', () => {
  const story = watchedStory();
  for (let n = 0; n < 6; n++) {
    const query = { client: POD, port: 40_000 + n, server: VIP, id: n, name: CART, answers: [PODS[0]!] };
    story.leg({ ...query, at: n * 10_000, took: 1, truncated: true, vantage: 'shop/order-service' });
  }
  assert.deepEqual(tell(story, topology(HEADLESS)).told, []);
});

test('what it says: who answered what, and what the cluster has', () => {
  const { findings } = tell(answered(`${X} ${X}`), topology(service()));
  const [finding] = findings.findings;
  assert.deepEqual(finding!.subject, {
    servers: COREDNS,
    names: CART,
    said: X,
    right: '10.96.7.7',
    answers: 2,
    lookups: 2,
  });
  assert.equal(
    finding!.title,
    `${CART} is answered with another address: ${COREDNS} says ${X}, the cluster has 10.96.7.7`,
  );
  assert.equal(finding!.ruledOut.length, 2);
  assert.equal(finding!.nextSteps.length, 3);
  const denied = tell(answered('! !'), topology(service())).findings.findings[0]!;
  assert.deepEqual([denied.subject['said'], denied.evidence.count], ['NXDOMAIN', 2]);
  assert.equal(tell(answered('- -'), topology(service())).findings.findings[0]!.cause, 'not-in-topology-no-address');
});

test('names that the same server gets wrong alike are one finding', () => {
  const story = watchedStory();
  ['cart', 'order', 'mail'].forEach((name, n) => {
    ask(story, { at: n * 10_000, took: 1, name: `${name}.shop.svc.cluster.local`, answers: [X] });
  });
  const services = ['cart', 'order', 'mail'].map((name) => service({ name }));
  const { told: lines, findings } = tell(story, topology(...services));
  assert.deepEqual(lines, [OTHER]);
  assert.match(findings.findings[0]!.title, /^cart\.shop\.svc\.cluster\.local and 2 other names is answered/u);
  assert.equal(
    findings.findings[0]!.subject['names'],
    ['cart', 'order', 'mail']
      .map((name) => `${name}.shop.svc.cluster.local`)
      .join(', ')
      .replace(/, (?=mail)/u, ' and '),
  );
});

test('an upstream that said it first is the one', () => {
  const story = watchedStory();
  for (let n = 0; n < 2; n++) {
    ask(story, { at: n * 10_000, took: 3, name: CART, answers: [X] });
    forward(story, { at: n * 10_000 + 0.5, took: 1, name: CART, answers: [X] });
  }
  const { told: lines, findings } = tell(story, topology(service()));
  assert.deepEqual(lines, ['error answers-not-endpoints upstream not-in-topology-other-address']);
  assert.equal(findings.findings[0]!.subject['servers'], UPSTREAM);
});

/** What is told where the user expects addresses of names. */
function expecting(story: Story, name: string, ...addresses: readonly string[]): readonly Finding[] {
  const engine = new TraceEngine({ expect: new Map([[`${name}.`, addresses]]) });
  const captures = [...story.captures().values()];
  for (const { vantage, bytes } of captures) engine.addVantage(vantage, (at, length) => bytes.slice(at, at + length));
  for (const [k, { bytes }] of captures.entries()) {
    const stream = engine.openStream(k);
    stream.push(bytes);
    stream.end();
  }
  engine.finish();
  return evaluateFindings(engine).findings;
}

test('expected addresses: another one, none and a denial are told as certain, whatever came before or after', () => {
  const name = 'api.example.com';
  const causes = (words: string, type?: string): readonly string[] =>
    expecting(answered(words, name, type), name, '192.0.2.1', '192.0.2.2').map(
      ({ severity, cause, confidence }) => `${severity} ${cause} ${confidence}`,
    );
  assert.deepEqual(causes('192.0.2.1 192.0.2.2+192.0.2.1'), []);
  assert.deepEqual(causes('192.0.2.9 192.0.2.1'), ['error not-as-expected-other-address exact']);
  assert.deepEqual(causes('192.0.2.1+192.0.2.9'), ['error not-as-expected-other-address exact']);
  assert.deepEqual(causes('-'), ['error not-as-expected-no-address exact']);
  assert.deepEqual(causes('!')[0], 'error not-as-expected-denied exact');
  const unasked = causes('-', 'AAAA');
  assert.deepEqual(
    unasked,
    ['info expected-not-answered exact'],
    'of this family none is expected, and none was asked for',
  );
  const [finding] = expecting(answered('192.0.2.9', name), name, '192.0.2.1');
  assert.equal(
    finding!.title,
    `${name} is answered with another address: ${COREDNS} says 192.0.2.9, expected is 192.0.2.1`,
  );
  assert.deepEqual(finding!.nextSteps[0], `Ask each server on the way: dig @${COREDNS} ${name}`);
  assert.equal(finding!.ruledOut.length, 1);
});

test('what CoreDNS answers wrongly to NodeLocal is CoreDNS’s', () => {
  const [cache, node, name] = ['169.254.20.10', '192.168.1.10', CART];
  const story = watchedStory().vantage('kube-system/node-local-dns-1', 'nodelocal', node);
  for (const at of [0, 10_000, 20_000]) {
    const leg = { name, id: at + 1, answers: [X], took: 1 };
    const own = { ...leg, client: POD, port: 40_000 + at, server: cache };
    story.leg({ ...own, at, took: 9, vantage: 'shop/order-service' });
    story.leg({ ...own, at: at + 0.1, took: 8, vantage: 'kube-system/node-local-dns-1' });
    const between = { ...leg, client: node, port: 30_000 + at, server: COREDNS, proto: 'tcp' } as const;
    story.leg({ ...between, at: at + 1, took: 6, vantage: 'kube-system/node-local-dns-1' });
    story.leg({ ...between, at: at + 1.1, took: 5, vantage: 'kube-system/coredns-1' });
  }
  assert.deepEqual(tell(story, topology(service())).told, [OTHER]);
});
