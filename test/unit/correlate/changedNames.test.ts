/** R3 where CoreDNS asks for another name: a capture of a real CoreDNS, then what must not be joined. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countOwnQueries } from '../../../src/core/correlate/ownQueries.ts';
import { primaryTransaction } from '../../../src/core/lookups/exchangeViews.ts';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { ROW_MASK } from '../../../src/core/trace/tables.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupAnsweredBy } from '../../../src/core/view/answeredBy.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';
import type { Story } from '../../support/story.ts';
import { ask, COREDNS, forward, Told, UPSTREAM, watchedStory, type Ask } from '../../support/story.ts';

const JOINS = ['none', 'exact', 'strong', 'inferred'];

/** `asked: name confidence, name confidence …` of each lookup's exchanges. */
function trees({ trace }: TraceEngine): readonly string[] {
  const nameOf = (exchange: number): string => {
    const id = primaryTransaction(trace, exchange);
    return trace.names.textOf(trace.transactions.of(id).name[id & ROW_MASK]!);
  };
  const result: string[] = [];
  for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
    for (const exchange of trace.exchangesOf(lookup)) {
      const children = [...trace.childrenOf(exchange)].map(
        (child) => `${nameOf(child)} ${JOINS[trace.exchanges.of(child).parentJoin[child & ROW_MASK]!]!}`,
      );
      result.push(`${nameOf(exchange)}: ${children.join(', ')}`);
    }
  }
  return result;
}

const withCorefile =
  (text: string) =>
  (engine: TraceEngine): void =>
    engine.setTopology({ ...emptyTopology, ...corefileTopology(text) });

describe('a capture of CoreDNS 1.15 with rewrite, autopath, ExternalName Services and CNAMEs', () => {
  const folder = path.join(import.meta.dirname, '../../fixtures/captures');
  const bytes = readFileSync(path.join(folder, 'coredns-other-names.pcap'));
  const corefile = readFileSync(path.join(folder, 'coredns-other-names.Corefile'), 'utf8');
  const read = (prepare?: (engine: TraceEngine) => void): Told => {
    const engine = new TraceEngine();
    engine.addVantage({ name: 'coredns', role: 'coredns', addresses: [COREDNS] }, (offset, length) =>
      bytes.subarray(offset, offset + length),
    );
    prepare?.(engine);
    const stream = engine.openStream(0);
    stream.push(bytes);
    stream.end();
    engine.finish();
    return new Told(engine, 2);
  };
  /** Both attempts of five clients at once. */
  const twice = (name: string, confidence: string): string => `${name} ${confidence}, ${name} ${confidence}`;

  test('with the Corefile every upstream query has its client, and what four ask for at once is inferred', () => {
    const { engine, told } = read(withCorefile(corefile));
    assert.deepEqual(trees(engine), [
      'old.example.com.: new.example.com. strong',
      'cname.example.net.: cname.example.net. strong, other.example.net. strong',
      'ext.shop.svc.cluster.local.: www.external.com. strong',
      'ext.shop.svc.cluster.local.: www.external.com. strong',
      'www.google.com.shop.svc.cluster.local.: www.google.com. strong',
      'www.google.com.shop.svc.cluster.local.: www.google.com. strong',
      'www.zone.test.: cdn.external.com. strong',
      'direct.example.org.: direct.example.org. strong',
      `olddead.example.com.: ${twice('dead.silent.com.', 'inferred')}`,
      `dead.shop.svc.cluster.local.: ${twice('dead.silent.com.', 'inferred')}`,
      `dead.silent.com.shop.svc.cluster.local.: ${twice('dead.silent.com.', 'inferred')}`,
      `x.tpl.test.: ${twice('dead.silent.com.', 'inferred')}`,
      `silent.zone.test.: ${twice('dead2.silent.com.', 'strong')}`,
    ]);
    assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent-for-names']);
    assert.equal(countOwnQueries(engine.trace).other, 0);
  });

  test('the details tell by which change', () => {
    const { engine, lookups } = read(withCorefile(corefile));
    const said = (name: string): string =>
      lookupDetails(engine, lookups.find((row) => row.name === name)!.id).meaning.replace(/^.*?For this, /u, '');
    const other = (name: string, why: string): RegExp => new RegExp(`^CoreDNS asked for ${name} \\(${why}\\.`, 'u');
    const inCorefile = 'of the Corefile gives that name';
    for (const [name, expected] of [
      ['old.example.com.', other('new.example.com', `strong\\): rewrite on line 3 ${inCorefile}`)],
      ['cname.example.net.', other('other.example.net', `strong\\): rewrite on line 6 ${inCorefile}`)],
      ['ext.shop.svc.cluster.local.', other('www.external.com', 'strong\\): a CNAME in its answer leads there')],
      [
        'www.google.com.shop.svc.cluster.local.',
        other('www.google.com', 'strong\\): autopath on line 7 of the Corefile goes through the search list for it'),
      ],
      ['dead.shop.svc.cluster.local.', other('dead.silent.com', 'inferred\\): a CNAME in its answer leads there')],
    ] as const)
      assert.match(said(name), expected, name);
    assert.match(
      lookupDetails(engine, lookups.find((row) => row.name === 'olddead.example.com.')!.id).meaning,
      /^CoreDNS asked 10\.224\.0\.92 for dead\.silent\.com and got no answer, so it answered SERVFAIL after 4\.0 s/u,
    );
    const byName = (name: string): string | undefined => lookups.find((row) => row.name === name)!.way.at(-1)!.note;
    assert.match(byName('old.example.com.')!, /^NOERROR for new\.example\.com after/u);
    assert.equal(byName('silent.zone.test.'), 'no answer to 2 queries for dead2.silent.com');
  });

  test('where answers came from: the upstream, or CoreDNS itself where that stayed silent', () => {
    const { engine, lookups } = read(withCorefile(corefile));
    const by = (name: string): string => {
      const found = lookupAnsweredBy(engine, lookups.find((row) => row.name === name)!.id)!;
      return `${found.by} ${found.confidence}`;
    };
    for (const name of ['old.example.com.', 'ext.shop.svc.cluster.local.', 'www.zone.test.'])
      assert.equal(by(name), 'upstream strong', name);
    for (const name of ['olddead.example.com.', 'x.tpl.test.', 'dead.shop.svc.cluster.local.'])
      assert.equal(by(name), 'local strong', name);
  });

  test('without it, what no CNAME and no search domain shows stays CoreDNS’s own', () => {
    const { engine } = read();
    const found = trees(engine);
    for (const line of [
      'old.example.com.: ',
      'cname.example.net.: cname.example.net. strong',
      'ext.shop.svc.cluster.local.: www.external.com. strong',
      'www.google.com.shop.svc.cluster.local.: www.google.com. strong',
      // Its answer has no records, so no CNAME.
      'www.google.com.shop.svc.cluster.local.: www.google.com. inferred',
      'olddead.example.com.: ',
      `silent.zone.test.: ${twice('dead2.silent.com.', 'strong')}`,
    ])
      assert.ok(found.includes(line), line);
    assert.equal(countOwnQueries(engine.trace).other, 4);
  });
});

const ASKED = 'ext.shop.svc.cluster.local';
const INSTEAD = 'www.external.com';
const REWRITES = '.:53 {\n rewrite name old.example.com new.example.com\n forward . 10.224.0.92\n cache\n}\n';

describe('what is joined', () => {
  const joined = (story: Story, corefile?: string): readonly string[] =>
    trees(story.run(undefined, corefile === undefined ? undefined : withCorefile(corefile)).engine);

  test('the CNAME in the answer, with several clients that wait and a decoy for each thing that must agree', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 50, name: 'slow.example.com' });
    forward(story, { at: 6, took: 30, name: 'slow.example.com' });
    ask(story, { at: 10, took: 20, name: ASKED, cnames: [INSTEAD], answers: ['192.0.2.1'] });
    ask(story, { at: 10, took: 20, name: 'ext2.shop.svc.cluster.local', cnames: ['www2.external.com'] });
    forward(story, { at: 13, took: 5, name: 'www.external.net' });
    forward(story, { at: 13.5, took: 5, name: INSTEAD, type: 'AAAA' });
    forward(story, { at: 14, took: 5, name: INSTEAD });
    // At CoreDNS it was answered at 28 ms.
    forward(story, { at: 29, took: 5, name: INSTEAD });
    const told = story.run();
    assert.deepEqual(trees(told.engine), [
      'slow.example.com.: slow.example.com. strong',
      `${ASKED}.: ${INSTEAD}. strong`,
      'ext2.shop.svc.cluster.local.: ',
    ]);
    assert.equal(countOwnQueries(told.engine.trace).other, 3);
  });

  test('two Services with one target, asked at once: each has one, inferred', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 20, name: 'a.shop.svc.cluster.local', cnames: [INSTEAD], answers: ['192.0.2.1'] });
    ask(story, { at: 0.5, took: 25, name: 'b.shop.svc.cluster.local', cnames: [INSTEAD], answers: ['192.0.2.1'] });
    forward(story, { at: 3.5, took: 5, name: INSTEAD });
    forward(story, { at: 4, took: 6, name: INSTEAD });
    assert.deepEqual(joined(story), [
      `a.shop.svc.cluster.local.: ${INSTEAD}. inferred`,
      `b.shop.svc.cluster.local.: ${INSTEAD}. inferred`,
    ]);
  });

  test('a rule of the Corefile, where the upstream is silent: it is the one to look at', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 4002, name: 'old.example.com', rcode: 'SERVFAIL' });
    for (const at of [401, 2401]) forward(story, { at, name: 'new.example.com' });
    const told = story.run(undefined, withCorefile(REWRITES));
    assert.deepEqual(trees(told.engine), ['old.example.com.: new.example.com. strong, new.example.com. strong']);
    assert.deepEqual(told.told, ['error upstream-no-answer upstream upstream-silent']);
    assert.deepEqual(joined(story), ['old.example.com.: ']);
  });

  test('a client that is not answered at all has its upstream query, too', () => {
    const story = watchedStory();
    ask(story, { at: 0, name: 'old.example.com' });
    forward(story, { at: 3, name: 'new.example.com' });
    ask(story, { at: 9000, took: 2, name: 'x.example.com' });
    const told = story.run(undefined, withCorefile(REWRITES));
    assert.equal(trees(told.engine)[0], 'old.example.com.: new.example.com. strong');
    assert.deepEqual(told.told, ['error upstream-no-answer upstream upstream-silent']);
  });

  test('other DO or CD bits than the client’s: inferred', () => {
    for (const [bits, confidence] of [
      [{}, 'strong'],
      [{ dnssecOk: true }, 'inferred'],
      [{ checkingDisabled: true }, 'inferred'],
    ] as const) {
      const story = watchedStory();
      ask(story, { at: 0, took: 10, name: 'old.example.com', answers: ['192.0.2.1'] });
      forward(story, { at: 3, took: 5, name: 'new.example.com', ...bits });
      assert.deepEqual(joined(story, REWRITES), [`old.example.com.: new.example.com. ${confidence}`]);
    }
  });

  test('one after the other: a further query follows a failure, or a second of silence', () => {
    const second = (first: Partial<Ask>, at: number): boolean => {
      const story = watchedStory();
      ask(story, { at: 0, took: 4000, name: 'old.example.com', rcode: 'SERVFAIL' });
      forward(story, { at: 500, name: 'new.example.com', ...first });
      forward(story, { at, took: 5, name: 'new.example.com' });
      const [line] = joined(story, REWRITES);
      assert.match(line!, /^old\.example\.com\.: new\.example\.com\. /u);
      return line!.includes(',');
    };
    assert.deepEqual([second({}, 1500), second({}, 1499)], [true, false]);
    assert.deepEqual([second({ took: 10, rcode: 'SERVFAIL' }, 511), second({ took: 10 }, 511)], [true, false]);
    assert.equal(second({ took: 10, truncated: true }, 511), true);
  });

  test('autopath goes on to another name of the search list after each that does not exist', () => {
    const corefile =
      '.:53 {\n autopath @kubernetes\n kubernetes cluster.local {\n pods verified\n }\n forward . 10.0.0.1\n}\n';
    const story = watchedStory();
    ask(story, { at: 0, took: 20, name: 'db.shop.svc.cluster.local', cnames: ['db'], answers: ['192.0.2.1'] });
    forward(story, { at: 3, took: 3, name: 'db.corp.example', rcode: 'NXDOMAIN' });
    forward(story, { at: 7, took: 3, name: 'db', answers: ['192.0.2.1'] });
    assert.deepEqual(joined(story, corefile), ['db.shop.svc.cluster.local.: db.corp.example. inferred, db. strong']);
  });
});

describe('what is not joined', () => {
  const joined = (story: Story, corefile?: string): readonly string[] =>
    trees(story.run(undefined, corefile === undefined ? undefined : withCorefile(corefile)).engine);

  test('time alone: a rule that leads elsewhere, and no rule at all', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 4002, name: 'old.example.com', rcode: 'SERVFAIL' });
    forward(story, { at: 401, name: 'newer.example.com' });
    assert.deepEqual(joined(story, REWRITES), ['old.example.com.: ']);
    assert.deepEqual(joined(story, '.:53 {\n forward . 10.0.0.1\n}\n'), ['old.example.com.: ']);
  });

  test('a CNAME that the upstream followed itself: another query for its target is somebody else’s', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 20, name: 'www.example.com', cnames: ['x.cdn.example'], answers: ['192.0.2.1'] });
    forward(story, { at: 3, took: 5, name: 'www.example.com', cnames: ['x.cdn.example'], answers: ['192.0.2.1'] });
    forward(story, { at: 9, took: 5, name: 'x.cdn.example', proto: 'tcp' });
    assert.deepEqual(joined(story), ['www.example.com.: www.example.com. strong']);
    const changing = (rule: string): string => `.:53 {\n rewrite cname ${rule}\n forward . 10.0.0.1\n}\n`;
    assert.deepEqual(joined(story, changing('exact a.example x.cdn.example')), [
      'www.example.com.: www.example.com. strong, x.cdn.example. strong',
    ]);
    assert.deepEqual(joined(story, changing('prefix a. x.')), [
      'www.example.com.: www.example.com. strong, x.cdn.example. inferred',
    ]);
  });

  test('an answer out of the cache, while its target is being renewed', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: ASKED, cnames: [INSTEAD], answers: ['192.0.2.1'] });
    forward(story, { at: 1, took: 20, name: INSTEAD, proto: 'tcp' });
    assert.deepEqual(joined(story), [`${ASKED}.: `]);
  });

  test('another CoreDNS pod’s query', () => {
    const story = watchedStory().vantage('kube-system/coredns-2', 'coredns', '10.244.0.6');
    ask(story, { at: 0, took: 20, name: ASKED, cnames: [INSTEAD], answers: ['192.0.2.1'] });
    const other = { client: '10.244.0.6', port: 50_001, server: UPSTREAM, id: 7, vantage: 'kube-system/coredns-2' };
    story.leg({ ...other, at: 6, took: 5, name: INSTEAD });
    assert.deepEqual(joined(story), [`${ASKED}.: `]);
  });
});

test('however the streams of pod, CoreDNS and upstream are out of step, the same is joined', () => {
  const story = watchedStory().vantage('dns/upstream', 'unknown', UPSTREAM);
  const upstream = (at: number, took: number, name: string, id: number): void => {
    forward(story, { at, took, name, id, port: 50_000 + id });
    const leg = { client: COREDNS, port: 50_000 + id, server: UPSTREAM, id, name, vantage: 'dns/upstream' };
    story.leg({ ...leg, at: at + 0.1, took: took - 0.2 });
  };
  for (let at = 0; at < 3000; at += 1000) {
    ask(story, { at, took: 20, name: ASKED, cnames: [INSTEAD], answers: ['192.0.2.1'] });
    upstream(at + 5, 5, INSTEAD, at / 10 + 1);
    ask(story, { at: at + 300, took: 20, name: 'old.example.com', answers: ['192.0.2.1'] });
    upstream(at + 306, 5, 'new.example.com', at / 10 + 2);
  }
  const captures = [...story.captures().values()];
  fc.assert(
    fc.property(fc.array(fc.nat(2), { maxLength: 60 }), fc.integer({ min: 50, max: 2000 }), (turns, size) => {
      const engine = new TraceEngine();
      withCorefile(REWRITES)(engine);
      const streams = captures.map(({ vantage }) => engine.openStream(engine.addVantage(vantage)));
      const read = captures.map(() => 0);
      const push = (index: number): void => {
        streams[index]!.push(captures[index]!.bytes.slice(read[index], read[index]! + size));
        read[index]! += size;
      };
      for (const turn of turns) push(turn);
      captures.forEach(({ bytes }, index) => {
        while (read[index]! < bytes.length) push(index);
      });
      engine.finish();
      const expected = [`${ASKED}.: ${INSTEAD}. strong`, 'old.example.com.: new.example.com. strong'];
      assert.deepEqual([...trees(engine)].sort(), [...expected, ...expected, ...expected].sort());
    }),
    { numRuns: 60 },
  );
});
