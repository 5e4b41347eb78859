/** R4: told by stories of what CoreDNS did between a query and its answer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, COREDNS, forward, POD, Story, VIP, watchedStory, type Ask } from '../../support/story.ts';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupAnsweredBy } from '../../../src/core/view/answeredBy.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';

const EXTERNAL = 'www.example.com';
const INTERNAL = 'cart.shop.svc.cluster.local';
const answers = ['192.0.2.7'];
const KUBEADM = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . 10.224.0.92
    cache 30
    loop
    reload
    loadbalance
}
`;

const withCorefile =
  (text: string) =>
  (engine: TraceEngine): void =>
    engine.setTopology({ ...emptyTopology, ...corefileTopology(text) });

/** `by confidence: why` of each lookup, evidence as a count behind it. */
function told(story: Story, prepare?: (engine: TraceEngine) => void): readonly string[] {
  const { engine } = story.run(undefined, prepare);
  return Array.from({ length: engine.trace.lookups.length }, (_, lookup) => {
    const found = lookupAnsweredBy(engine, lookup);
    return found === undefined
      ? 'none'
      : `${found.by} ${found.confidence}: ${found.why} (${String(found.evidence.length)})`;
  });
}

describe('what is upstream’s, CoreDNS’s own, or from its cache', () => {
  test('an upstream leg: the upstream, with that leg as evidence', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: EXTERNAL, answers });
    forward(story, { at: 2, took: 5, name: EXTERNAL, answers });
    assert.deepEqual(told(story), ['upstream strong: an upstream answered (1)']);
  });

  test('a name of kubernetes in the Corefile is CoreDNS’s own', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: INTERNAL, answers, authoritative: true });
    assert.deepEqual(told(story, withCorefile(KUBEADM)), [
      'local strong: the name is served by kubernetes on line 5 of the Corefile (0)',
    ]);
  });

  test('a name that only the cache can know: from 1.15 on the AA bit says nothing', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.deepEqual(told(story, withCorefile(KUBEADM)), [
      'cache strong: nothing else in its block of the Corefile answers for the name (0)',
    ]);
  });

  test('its TTL counts down from the answer that went upstream', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: EXTERNAL, answers, ttl: 30 });
    forward(story, { at: 2, took: 5, name: EXTERNAL, answers, ttl: 300 });
    ask(story, { at: 7000, took: 2, name: EXTERNAL, answers, ttl: 23 });
    assert.deepEqual(told(story, withCorefile(KUBEADM)), [
      'upstream strong: an upstream answered (1)',
      'cache strong: its TTL counts down: TTL 23 s, and 30 s in the same answer 7 s before (1)',
    ]);
  });

  test('an answer with DO is kept apart from one without: neither’s TTL tells of the other', () => {
    const corefile = '.:53 {\n hosts /etc/more {\n  fallthrough\n }\n forward . 10.224.0.92\n cache 30\n}\n';
    const last = (bits: Partial<Ask>): string => {
      const story = watchedStory();
      ask(story, { at: 1000, took: 2, name: EXTERNAL, answers, ttl: 20 });
      forward(story, { at: 1500, took: 5, name: 'other.example.com' });
      ask(story, { at: 11_000, took: 2, name: EXTERNAL, answers, ttl: 20, ...bits });
      return told(story, withCorefile(corefile)).at(-1)!;
    };
    assert.match(last({}), /^local inferred: its TTL stands still/u);
    for (const bits of [{ dnssecOk: true }, { checkingDisabled: true }])
      assert.match(last(bits), /^unknown exact: hosts on line 2 of the Corefile may hold the name/u);
  });

  test('an upstream that answers after the client was answered renewed the cache: prefetch begins before the answer is out', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    forward(story, { at: 1.5, took: 8, name: EXTERNAL, answers, proto: 'tcp' });
    assert.deepEqual(told(story), [
      'cache strong: it came before any upstream answered, which only renewed what was kept (1)',
    ]);
  });

  test('hosts and the cache may both know it: the TTL decides, and else nothing is said', () => {
    const corefile = '.:53 {\n hosts /etc/more {\n  fallthrough\n }\n forward . 10.224.0.92\n cache 30\n}\n';
    const once = watchedStory();
    ask(once, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.deepEqual(told(once, withCorefile(corefile)), [
      'unknown exact: hosts on line 2 of the Corefile may hold the name, and so may the cache (0)',
    ]);
    const still = watchedStory();
    for (const at of [0, 5000]) ask(still, { at, took: 2, name: EXTERNAL, answers, ttl: 3600, authoritative: true });
    forward(still, { at: 100, took: 5, name: 'other.example.com' });
    ask(still, { at: 10_000, took: 2, name: EXTERNAL, answers, ttl: 3600, authoritative: true });
    assert.match(
      told(still, withCorefile(corefile)).at(-1)!,
      /^local inferred: its TTL stands still: TTL 3600 s, and 3600 s/,
    );
  });

  test('hosts without a file answers for the names it lists', () => {
    const corefile =
      '.:53 {\n hosts {\n  192.0.2.1 host.example.net\n  fallthrough\n }\n forward . 10.224.0.92\n cache\n}\n';
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.match(told(story, withCorefile(corefile))[0]!, /^cache strong/);
  });

  test('template without a forward for the name is CoreDNS’s own', () => {
    const corefile = 'example.com:53 {\n template IN A\n}\n';
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.match(told(story, withCorefile(corefile))[0]!, /^local strong: the name is served by template on line 2/);
  });

  test('without a cache in the block, no cache is claimed', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.match(
      told(story, withCorefile('.:53 {\n forward . 10.224.0.92\n}\n'))[0]!,
      /^unknown exact: its block .* has no cache/,
    );
  });

  test('a plugin from elsewhere makes it less sure', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    assert.match(
      told(story, withCorefile('.:53 {\n gateway\n forward . 10.224.0.92\n cache\n}\n'))[0]!,
      /^cache inferred/,
    );
  });

  test('without a Corefile: the cluster’s domain and AA, then AA elsewhere, then the TTL', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: INTERNAL, answers, authoritative: true });
    ask(story, { at: 100, took: 2, name: INTERNAL.replace('cart', 'pay'), answers });
    ask(story, { at: 200, took: 2, name: EXTERNAL, answers, authoritative: true });
    ask(story, { at: 300, took: 2, name: 'b.example.com', answers });
    assert.deepEqual(
      told(story).map((line) => line.slice(0, 14)),
      ['local strong: ', 'unknown exact:', 'cache inferred', 'unknown exact:'],
    );
  });

  test('a SERVFAIL that is kept rests on the upstream query before it', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 4002, name: EXTERNAL, rcode: 'SERVFAIL' });
    forward(story, { at: 1, name: EXTERNAL });
    forward(story, { at: 2001, name: EXTERNAL });
    ask(story, { at: 6000, took: 1, name: EXTERNAL, rcode: 'SERVFAIL' });
    assert.deepEqual(told(story), [
      'local strong: no upstream answered, so it gave an error of its own (1)',
      'cache inferred: it keeps a SERVFAIL for five seconds (1)',
    ]);
  });
});

describe('where it cannot be known', () => {
  test('CoreDNS was not watched', () => {
    const story = new Story().vantage('shop/order-service', 'client', POD);
    story.leg({
      at: 0,
      took: 2,
      client: POD,
      port: 40_000,
      server: VIP,
      id: 1,
      name: EXTERNAL,
      answers,
      vantage: 'shop/order-service',
    });
    assert.deepEqual(told(story), ['unknown exact: what CoreDNS did was not watched (0)']);
  });

  test('the capture in CoreDNS lost packets', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    const lossy = (engine: TraceEngine): void => {
      withCorefile(KUBEADM)(engine);
      engine.reportLoss(1, { packets: 3, kind: 'kernel', fromNs: 0n, toNs: 1n, reason: 'ring' });
    };
    assert.match(told(story, lossy)[0]!, /^unknown exact: the capture in CoreDNS lost packets/);
  });

  test('a capture that may hold one side alone', () => {
    const story = new Story().vantage('some.pcap', 'unknown', COREDNS);
    for (const at of [0, 10, 20])
      story.leg({
        at,
        took: 2,
        client: POD,
        port: 40_000 + at,
        server: COREDNS,
        id: at,
        name: EXTERNAL,
        answers,
        vantage: 'some.pcap',
      });
    assert.match(
      told(story, withCorefile(KUBEADM))[0]!,
      /^unknown exact: (no query of CoreDNS to any upstream|what CoreDNS did)/,
    );
  });

  test('its upstream is encrypted', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 9, name: EXTERNAL, answers });
    const corefile = '.:53 {\n forward . tls://9.9.9.9\n cache\n}\n';
    assert.match(
      told(story, withCorefile(corefile))[0]!,
      /^unknown exact: its upstream is asked over an encrypted transport/,
    );
  });

  test('another name was asked for meanwhile: a rewrite would look so', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: EXTERNAL, answers });
    forward(story, { at: 2, took: 5, name: 'inner.example.net', answers });
    assert.match(told(story, withCorefile(KUBEADM))[0]!, /^unknown exact: CoreDNS asked for other names meanwhile/);
  });

  test('a health probe meanwhile is none of these', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: EXTERNAL, answers });
    forward(story, { at: 2, took: 5, name: '.', type: 'NS' });
    assert.match(told(story, withCorefile(KUBEADM))[0]!, /^cache strong/);
  });

  test('the same with two CoreDNS pods whose captures come one after the other', () => {
    const [story, servers] = [new Story(), [COREDNS, '10.244.0.6']];
    for (const [index, server] of servers.entries()) {
      const vantage = `kube-system/coredns-${String(index)}`;
      story.vantage(vantage, 'coredns', server);
      for (let n = 0; n < 20; n++) {
        const leg = { answers, vantage, at: n * 1000 + index * 400, id: 1 + n + index * 100 };
        story.leg({ ...leg, took: 10, client: '10.244.1.9', port: 30_000 + leg.id, server, name: EXTERNAL });
        const upstream = { client: server, port: 40_000 + leg.id, server: '10.224.0.92', name: 'inner.example.net' };
        story.leg({ ...leg, ...upstream, at: leg.at + 2, took: 5, id: leg.id + 900 });
      }
    }
    const lines = told(story, withCorefile(KUBEADM));
    assert.equal(lines.length, 40);
    for (const line of lines) assert.match(line, /^unknown exact: CoreDNS asked for other names meanwhile/);
  });

  test('the same behind more health probes than are looked through', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 1000, name: EXTERNAL, answers });
    for (let n = 0; n < 300; n++)
      forward(story, { at: 101 + n, took: 0.5, name: '.', type: 'NS', port: 50_000 + n, id: n + 1 });
    forward(story, { at: 500, took: 5, name: 'inner.example.net', answers });
    assert.match(told(story, withCorefile(KUBEADM))[0]!, /^unknown exact: CoreDNS asked for other names meanwhile/);
  });

  test('the answer of its upstream may be among the lost packets', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: EXTERNAL, answers });
    forward(story, { at: 2, name: EXTERNAL });
    assert.match(told(story)[0]!, /^cache strong: it came before any upstream answered/);
    const lossy = (engine: TraceEngine): void =>
      engine.reportLoss(1, { packets: 500, kind: 'kernel', fromNs: 0n, toNs: 1n, reason: 'ring' });
    assert.match(told(story, lossy)[0]!, /^unknown exact: the capture in CoreDNS lost packets/);
  });

  test('its upstream is asked at a port that captures may leave out', () => {
    const answered = (corefile: string): string => {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
      return told(story, withCorefile(corefile))[0]!;
    };
    for (const port of ['443', '1053'])
      assert.match(
        answered(`.:53 {\n forward . 10.224.0.92:${port}\n cache\n}\n`),
        new RegExp(`^unknown exact: its upstream is asked at port ${port}, of which the trace has no query`),
      );
    assert.match(answered('.:53 {\n forward . 10.224.0.92:53\n cache\n}\n'), /^cache strong/);
  });

  test('a block that rewrites answers for another name: where that is not known, only the TTL tells', () => {
    const block = (rules: string): string =>
      `.:53 {\n ${rules}\n kubernetes cluster.local\n cache 30\n forward . 10.224.0.92\n}\n`;
    const of = (rules: string, name = EXTERNAL): string => {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name, answers });
      return told(story, withCorefile(block(rules)))[0]!;
    };
    const mayRewrite = /^unknown exact: its block of the Corefile may rewrite the name/;
    const byKubernetes = /^local strong: the name is served by kubernetes/;
    assert.match(of(`rewrite name ${EXTERNAL} ${INTERNAL}`), byKubernetes);
    assert.match(of(`rewrite stop name exact ${EXTERNAL} ${INTERNAL}`), byKubernetes);
    assert.match(of(`rewrite continue {\n  name regex (.*)\\.com {1}.net\n  answer auto\n }`), /^cache strong/);
    assert.match(of('rewrite name suffix .example.com .example.net'), /^cache strong/);
    assert.match(of('rewrite name regex (?i)(.*)\\.COM {1}.net answer auto'), mayRewrite);
    assert.match(of('rewrite type ANY HINFO'), mayRewrite);
    assert.match(of('autopath @kubernetes', INTERNAL), mayRewrite);
    assert.match(of('autopath @kubernetes'), /^cache strong/);
    assert.match(of(`rewrite name other.example.com ${INTERNAL}`), /^cache strong/);
    assert.match(of('rewrite ttl exact example.com. 30'), /^cache strong/);
    const counted = watchedStory();
    for (const at of [0, 7000]) ask(counted, { at, took: 2, name: EXTERNAL, answers, ttl: 30 - at / 1000 });
    forward(counted, { at: 100, took: 5, name: 'other.example.com' });
    assert.match(
      told(counted, withCorefile(block('rewrite type ANY HINFO'))).at(-1)!,
      /^cache strong: its TTL counts down/,
    );
  });

  test('a view may not have taken it', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    const view = '.:53 {\n view int {\n  expr false\n }\n template IN A example.com {\n  answer "x"\n }\n}\n';
    assert.match(
      told(story, withCorefile(`${view}.:53 {\n forward . 10.224.0.92\n cache\n}\n`))[0]!,
      /^unknown exact: its block of the Corefile has a view/,
    );
  });

  test('a grpc upstream would not be seen', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
    const block = '.:53 {\n grpc example.com 10.224.0.99:9005\n forward . 10.224.0.92\n cache\n}\n';
    assert.match(told(story, withCorefile(block))[0]!, /^unknown exact: its upstream is asked over an encrypted/);
    const other = watchedStory();
    ask(other, { at: 0, took: 2, name: 'www.example.org', answers });
    assert.match(told(other, withCorefile(block))[0]!, /^cache strong/);
  });

  test('an acl may have filtered an answer without records, a refusal is CoreDNS’s own, and records come from elsewhere', () => {
    const block = (rule: string): string => `.:53 {\n acl {\n  ${rule}\n }\n forward . 10.224.0.92\n cache\n}\n`;
    const of = (spec: object, rule: string): string => {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: EXTERNAL, ...spec });
      return told(story, withCorefile(block(rule)))[0]!;
    };
    assert.match(of({}, 'filter net *'), /^unknown exact: it has no records, and the acl of its block/);
    assert.match(of({ answers }, 'filter net *'), /^cache strong/);
    assert.match(of({}, 'block net 192.0.2.0/24'), /^cache strong/);
    assert.match(of({ rcode: 'REFUSED' }, 'block net *'), /^local strong: it is an error of its own/);
  });

  test('no answer is nobody’s', () => {
    const story = watchedStory();
    ask(story, { at: 0, name: EXTERNAL });
    forward(story, { at: 5000, took: 1, name: 'later.example.com', port: 50_000, id: 9 });
    assert.deepEqual(told(story), ['none']);
  });
});

test('the upstream hop says from where the answer came, and that it may not know', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: EXTERNAL, answers });
  const noteOf = (prepare?: (engine: TraceEngine) => void): string => {
    const mark = story.run(undefined, prepare).lookups[0]!.way.at(-1)!;
    return `${mark.state} ${mark.note ?? ''}`;
  };
  assert.match(noteOf(withCorefile(KUBEADM)), /^unused not asked: from the cache of CoreDNS; nothing else/);
  assert.match(noteOf(), /^unwatched the Corefile is not known/);
});
