/** Expressions and the lookups they show, over one story that holds a case of each kind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, type Told } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

const OTHER = '10.244.2.7';

const TOPOLOGY: Topology = {
  ...emptyTopology,
  pods: [
    placedPod('shop/order-service', POD, { node: 'worker-1' }),
    placedPod('shop-test/web', OTHER, { node: 'worker-2' }),
    placedPod('kube-system/coredns-1', COREDNS, { role: 'coredns', node: 'worker-2' }),
  ],
  services: [KUBE_DNS],
};

/**
 * ok    www.example.com A        answered in 2 ms, upstream in 1 ms
 * srch  api → NXDOMAIN, api.default.svc.cluster.local answered in 1 ms
 * fail  myexternalendpoint.com   SERVFAIL after 4 s, the upstream silent
 * gone  gone.example.com         never answered, never reached CoreDNS
 * six   six.example.com AAAA     no data in 30 ms
 * nx    typo.example.org         NXDOMAIN
 * web   www.example.com A of another pod, answered in 8 ms
 */
function toldStory(): Told {
  const story = new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', 'coredns', COREDNS);
  ask(story, { at: 0, took: 2, id: 0x102d, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 1000, took: 1, name: 'api.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  ask(story, { at: 1002, took: 1, name: 'api.svc.cluster.local', answers: ['192.0.2.2', '192.0.2.3'] });
  ask(story, { at: 2000, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 2401, name: 'myexternalendpoint.com' });
  forward(story, { at: 4401, name: 'myexternalendpoint.com' });
  story.leg({
    at: 8000,
    client: POD,
    port: 44_444,
    server: VIP,
    id: 7,
    name: 'gone.example.com',
    vantage: 'shop/order-service',
  });
  ask(story, { at: 9000, took: 30, name: 'six.example.com', type: 'AAAA' });
  ask(story, { at: 10_000, took: 1, name: 'typo.example.org', rcode: 'NXDOMAIN' });
  story.leg({
    at: 11_000,
    took: 8,
    client: OTHER,
    port: 45_555,
    server: COREDNS,
    id: 8,
    name: 'WWW.example.com',
    answers: ['192.0.2.1'],
    vantage: 'kube-system/coredns-1',
  });
  return story.withFaults(2).run(undefined, (engine) => engine.setTopology(TOPOLOGY));
}

const KEYS = ['ok', 'srch', 'fail', 'gone', 'six', 'nx', 'web'];
const ALL = KEYS.join(' ');

/** What each row of the tables below shows. */
type Shown = readonly (readonly [filter: string, lookups: string])[];

const told = toldStory();

function shown(filter: string): string {
  const view = new LookupView(told.engine);
  view.update(told.findings);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, view.problem?.detail);
  return view
    .read(0, 100)
    .map((row) => KEYS[row.id])
    .join(' ');
}

function check(name: string, table: Shown): void {
  describe(name, () => {
    for (const [filter, lookups] of table) test(filter, () => assert.equal(shown(filter), lookups));
  });
}

test('the story is what it says', () => {
  assert.deepEqual(told.outcomes, [
    'www.example.com. A answered',
    'api.svc.cluster.local. A answered',
    'myexternalendpoint.com. A error',
    'gone.example.com. A unanswered',
    'six.example.com. AAAA nodata',
    'typo.example.org. A nxdomain',
    'www.example.com. A answered',
  ]);
});

check('expressions of the seeds', [
  ['qr==R,rcode!=Success', 'srch fail nx'],
  ['latency_ns_raw>5000000', 'fail six web'],
  ['nameserver.addr==168.63.129.16', ''],
  [`nameserver.addr==${UPSTREAM}`, 'ok fail'],
  ['name==myexternalendpoint.com.', 'fail'],
  ['name==myexternalendpoint.com', 'fail'],
  ['name==microsoft.com.', ''],
  ['name~myheadless', ''],
  ['name~^api', 'srch'],
  ['(dns.flags.response == 0) && ! dns.response_in', 'fail gone'],
  ['dns.time >= 5', ''],
  ['dns.time >= 4', 'fail'],
]);

check('not is about an event, none about all of a lookup', [
  ['not name == api.shop.svc.cluster.local', ALL],
  ['none(name == api.shop.svc.cluster.local)', 'ok fail gone six nx web'],
  [`none(server == ${UPSTREAM})`, 'srch gone six nx web'],
  ['none(rcode == NXDOMAIN) name:example', 'ok gone six web'],
  ['none(failed)', 'ok srch six web'],
  ['not none(failed and rcode == SERVFAIL)', 'fail'],
  ['none(none(type == AAAA))', 'six'],
  [`none(slow) or upstream == ${UPSTREAM}`, 'ok srch fail gone nx'],
]);

check('words are searched for in the row', [
  ['', ALL],
  ['example', 'ok gone six nx web'],
  ['EXAMPLE.com', 'ok gone six web'],
  ['example order', 'ok gone six nx'],
  ['servfail', 'fail'],
  ['nx', 'nx'],
  ['aaaa', 'six'],
  [UPSTREAM, 'ok fail'],
  ['worker', ''],
  ['kube-dns', 'ok srch fail gone six nx'],
  ['w*.com', 'ok web'],
  ['"example.com"', 'ok gone six web'],
  ['"example com"', ''],
]);

check('words that judge a lookup', [
  ['failed', 'fail gone nx'],
  ['slow', 'fail six web'],
  ['unanswered', 'gone'],
  ['pending', ''],
  ['answered', 'ok srch web'],
  ['nodata', 'six'],
  ['nxdomain', 'nx'],
  ['error', 'fail'],
  ['"unanswered"', 'gone'],
  ['not failed', 'ok srch six web'],
  ['slow and not failed', 'six web'],
]);

check('and, or, not', [
  ['failed or slow', 'fail gone six nx web'],
  ['failed, slow', 'fail'],
  ['failed slow', 'fail'],
  ['failed && slow', 'fail'],
  ['nodata or nxdomain, example', 'six nx'],
  ['nodata or nxdomain and servfail', 'six'],
  ['(nodata or nxdomain) and typo', 'nx'],
  ['!(nodata || nxdomain) && !slow', 'ok srch gone'],
  ['not not slow', 'fail six web'],
]);

check('conditions on one transaction hold for the same one', [
  ['rcode == NXDOMAIN', 'srch nx'],
  ['rcode == NXDOMAIN and name:api', 'srch'],
  ['rcode == NXDOMAIN and name == api.svc.cluster.local', ''],
  ['rcode == NOERROR and name == api.svc.cluster.local', 'srch'],
  [`server == ${UPSTREAM} and rcode == SERVFAIL`, ''],
  [`upstream:${UPSTREAM} and state == unanswered`, 'fail'],
  [`upstream:${UPSTREAM} and latency < 5ms`, 'ok'],
  [`upstream:${UPSTREAM} failed`, 'fail'],
  [`pod:order upstream:${UPSTREAM}:53`, 'ok fail'],
  [`upstream == ${UPSTREAM}:5353`, ''],
  ['qr==Q,rcode==ServerFailure', 'fail'],
  ['dns.flags.response == 0 && dns.flags.rcode == 2', ''],
  // An unanswered transaction has no rcode, so neither == nor != holds.
  ['rcode != NOERROR', 'srch fail nx'],
  ['not rcode == NOERROR', 'srch fail gone nx'],
]);

check('who asked', [
  ['pod:order', 'ok srch fail gone six nx'],
  ['pod:shop/order-service and slow', 'fail six'],
  ['pod == web', 'web'],
  ['pod == shop-test/web', 'web'],
  ['pod != web', 'ok srch fail gone six nx'],
  ['ns:shop', 'ok srch fail gone six nx'],
  ['ns:shop*', ALL],
  ['namespace in (shop-test, other)', 'web'],
  ['node:worker-2', 'web'],
  ['client == 10.244.2.0/24', 'web'],
  [`client == ${POD}`, 'ok srch fail gone six nx'],
  ['client:web', 'web'],
  ['k8s.podName==coredns-1', 'ok srch fail six nx web'],
  ['k8s.namespace==shop', 'ok srch fail gone six nx'],
  ['vantage:order', 'ok srch fail gone six nx'],
]);

check('names, types, numbers', [
  ['name == WWW.EXAMPLE.COM', 'ok web'],
  ['name == *.example.com', 'ok gone six web'],
  ['name == "*.example.com"', ''],
  ['name != *.com', 'srch nx'],
  ['name:typo', 'nx'],
  ['name in (www.example.com, typo.example.org.)', 'ok nx web'],
  ['name ~ "^(www|six)\\.example\\.com$"', 'ok six web'],
  ['name !~ com', 'srch nx'],
  ['type == AAAA', 'six'],
  ['type != 1', 'six'],
  ['type in (A, AAAA)', ALL],
  ['qtype == PTR', ''],
  ['answers == 0', 'srch fail six nx'],
  ['answers >= 2', 'srch'],
  ['id==102d', 'ok'],
  ['port != 53', ''],
  ['proto == udp', ALL],
  ['tcp', ''],
  ['latency >= 8ms and latency < 1s', 'six web'],
  ['took > 3.5s', 'fail'],
  ['latency <= 1000µs', 'ok srch nx'],
  ['outcome in (nodata, unanswered)', 'gone six'],
  ['searched >= 1', 'srch'],
  ['size > 4KiB', ''],
  ['size < 1kB and qr == R', 'ok srch fail six nx web'],
]);

check('as Wireshark writes it', [
  ['dns.flags.rcode == 2', 'fail'],
  ['dns.flags.rcode in {2, 3}', 'srch fail nx'],
  ['dns.flags.rcode in {2..3} && !(dns.qry.name contains "api")', 'fail nx'],
  ['dns.qry.name contains "example"', 'ok gone six nx web'],
  ['dns.qry.name matches "^www\\\\."', 'ok web'],
  ['dns.qry.name == "www.example.com"', 'ok web'],
  ['dns.qry.type == 28', 'six'],
  ['dns.id == 0x102d', 'ok'],
  ['dns.flags.response == 1 and dns.response_in', ''],
  ['!dns.response_in and dns.flags.response == False', 'fail gone'],
  ['dns.flags.truncated == 1', ''],
  ['dns.flags.recdesired == true', ALL],
  ['dns.count.answers > 1', 'srch'],
  [`ip.src == ${UPSTREAM}`, 'ok'],
  [`ip.dst == ${UPSTREAM}`, 'ok fail'],
  [`ip.dst == ${UPSTREAM} && !dns.response_in`, 'fail'],
  ['ip.addr == 10.244.2.0/24', 'web'],
  [`ip.addr != ${POD}`, 'ok fail web'],
  ['udp.port == 45555', 'web'],
  ['udp.dstport eq 45555 and dns.flags.rcode eq 0', 'web'],
  ['tcp.port == 53', ''],
  ['udp && dns.time > 5ms', 'fail six web'],
  ['dns && ip', ALL],
  ['dns.retransmission', ''],
]);

test('findings and lines of the Corefile go with other conditions', () => {
  const [finding] = told.findings.findings;
  assert.equal(finding?.id, 'upstream-no-answer');
  assert.equal(shown('finding:upstream-no-answer'), 'fail');
  assert.equal(shown('not finding:upstream-no-answer and failed'), 'gone nx');
  assert.equal(shown('finding:upstream-no-answer and slow'), 'fail');
  assert.equal(shown('finding:nothing-like-it'), '');
  assert.equal(shown('corefile:1'), '');
});

test('a broken filter leaves the rows as they were and says where it breaks', () => {
  const view = new LookupView(told.engine);
  view.set('failed', undefined);
  assert.equal(view.set('failed and rcode ==', undefined), false);
  assert.deepEqual([view.lookups, view.filter, view.problem?.column], [3, 'failed', 20]);
  assert.equal(view.set('failed and rcode == SERVFAIL', undefined), true);
  assert.deepEqual([view.lookups, view.problem], [1, undefined]);
  assert.deepEqual(view.terms, ['failed', 'rcode == SERVFAIL']);
});
