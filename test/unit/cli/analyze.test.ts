import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { runAnalyze } from '../../../src/cli/analyze.ts';
import type { CliIo } from '../../../src/cli/io.ts';
import { CaptureBuilder, dnsQuery } from '../../support/packetBuilder.ts';
import { ask, COREDNS, forward, POD, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-analyze-'));
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 100, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 501, name: 'myexternalendpoint.com' });
  forward(story, { at: 2501, name: 'myexternalendpoint.com' });
  const [pod, coredns] = [...story.captures().values()].map(({ bytes }) => bytes);
  fs.writeFileSync(at('pod.pcap'), pod!);
  fs.writeFileSync(at('coredns.pcap'), coredns!);
  fs.writeFileSync(at('cut.pcap'), pod!.slice(0, pod!.length - 15));
  fs.mkdirSync(at('nothing'));
  fs.writeFileSync(at('empty.pcap'), '');
  fs.writeFileSync(at('foreign.pcap'), 'apiVersion: v1\nkind: Pod\n');
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function analyze(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: CliIo = {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    readFile: (file) => fs.promises.readFile(file),
  };
  return { exit: await runAnalyze(argv, io), out, err };
}

test('two captures without topology: roles, joins and the silent upstream are worked out', async () => {
  const { exit, out, err } = await analyze(at('coredns.pcap'), at('pod.pcap'), '--json');
  assert.deepEqual([exit, err], [0, '']);
  const summary = JSON.parse(out) as Record<string, unknown> & {
    vantages: { name: string; role: string; unanswered: number }[];
    servers: { address: string; queries: number; answered: number }[];
    findings: {
      id: string;
      hop: string;
      subject: Record<string, unknown>;
      evidence: { samples: { file: string; packet: number }[] };
    }[];
  };
  assert.deepEqual(
    [
      summary['packets'],
      summary['dnsMessages'],
      summary['queries'],
      summary['responses'],
      summary['transactions'],
      summary['answered'],
      summary['unanswered'],
    ],
    [12, 12, 7, 5, 7, 5, 2],
  );
  assert.deepEqual(summary['rcodes'], { NOERROR: 3, SERVFAIL: 2 });
  assert.deepEqual(summary['qtypes'], { A: 7 });
  assert.deepEqual(summary['lookups'], { count: 2, failed: 1, slow: 1, wastedQueries: 0 });
  assert.deepEqual(
    summary.vantages.map(({ name, role, unanswered }) => `${name} ${role} ${String(unanswered)}`),
    ['coredns.pcap coredns 2', 'pod.pcap client 0'],
  );
  assert.deepEqual(
    summary.servers.map(({ address, queries, answered }) => `${address} ${String(queries)} ${String(answered)}`).sort(),
    [`${COREDNS} 2 2`, `${UPSTREAM} 3 1`, `${VIP} 2 2`].sort(),
  );
  const [finding] = summary.findings;
  assert.deepEqual(
    [summary.findings.length, finding!.id, finding!.hop, finding!.subject['upstream']],
    [1, 'upstream-no-answer', 'upstream', UPSTREAM],
  );
  assert.deepEqual(
    finding!.evidence.samples.map(({ file }) => file),
    ['coredns.pcap', 'coredns.pcap'],
  );
});

test('evidence carries exact nanoseconds as a JSON number', async () => {
  const { out } = await analyze(at('pod.pcap'), at('coredns.pcap'), '--json');
  assert.match(out, /"timeNs":1763700000501000000\b/);
});

test('a topology file names pods and Services', async () => {
  const objects = [
    {
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'order-service' },
      spec: { nodeName: 'n2' },
      status: { podIP: POD, podIPs: [{ ip: POD }] },
    },
    {
      kind: 'Service',
      metadata: { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: VIP, ports: [{ port: 53 }] },
    },
  ];
  fs.writeFileSync(at('topology.json'), JSON.stringify({ kind: 'List', items: objects }));
  const { exit, out } = await analyze(
    at('pod.pcap'),
    '--topology',
    at('topology.json'),
    '--filter',
    'myexternalendpoint',
  );
  assert.equal(exit, 0);
  assert.match(out, /kube-system\/kube-dns \(10\.96\.0\.10\) answers SERVFAIL/);
  assert.match(out, /shop\/order-service {2}myexternalendpoint\.com\. A {2}SERVFAIL {2}4\.0 s/);
});

/** The figures of `--json` that a filter decides. */
async function figures(filter: string): Promise<Record<string, unknown>> {
  const { exit, out, err } = await analyze(at('pod.pcap'), at('coredns.pcap'), '--json', '--filter', filter);
  assert.deepEqual([exit, err], [0, ''], filter);
  const summary = JSON.parse(out) as Record<string, unknown> & {
    findings: { id: string; evidence: { count: number } }[];
    servers: { address: string; queries: number; answered: number }[];
    vantages: { name: string; queries: number; responses: number; unanswered: number }[];
  };
  const { packets, dnsMessages, queries, responses, transactions, answered, rcodes, lookups } = summary;
  return {
    messages: [packets, dnsMessages, queries, responses],
    transactions: [transactions, answered, summary['unanswered']],
    rcodes,
    lookups: Object.values(lookups as object).slice(0, 3),
    findings: summary.findings.map(({ id, evidence }) => `${id} ${String(evidence.count)}`),
    servers: summary.servers.map((server) => `${server.address} ${String(server.queries)} ${String(server.answered)}`),
    vantages: summary.vantages.map(
      (vantage) =>
        `${vantage.name} ${String(vantage.queries)} ${String(vantage.responses)} ${String(vantage.unanswered)}`,
    ),
    filter: summary['filter'],
  };
}

test('a filter decides what is counted: messages, transactions, lookups, findings', async () => {
  assert.deepEqual(await figures('qr==R,rcode!=Success'), {
    messages: [2, 2, 0, 2],
    transactions: [2, 2, 0],
    rcodes: { SERVFAIL: 2 },
    lookups: [1, 1, 1],
    findings: ['upstream-no-answer 1'],
    servers: [`${VIP} 0 1`, `${COREDNS} 0 1`],
    vantages: ['pod.pcap 0 1 0', 'coredns.pcap 0 1 0'],
    filter: 'qr==R,rcode!=Success',
  });
  assert.deepEqual(await figures('name == www.example.com'), {
    messages: [6, 6, 3, 3],
    transactions: [3, 3, 0],
    rcodes: { NOERROR: 3 },
    lookups: [1, 0, 0],
    findings: [],
    servers: [`${VIP} 1 1`, `${COREDNS} 1 1`, `${UPSTREAM} 1 1`],
    vantages: ['pod.pcap 1 1 0', 'coredns.pcap 2 2 0'],
    filter: 'name == www.example.com',
  });
  assert.deepEqual((await figures('(dns.flags.response == 0) && ! dns.response_in'))['messages'], [2, 2, 2, 0]);
  assert.deepEqual((await figures('failed'))['transactions'], [4, 2, 2]);
  assert.deepEqual((await figures('finding:upstream-no-answer and slow'))['lookups'], [1, 1, 1]);
  assert.deepEqual((await figures('nothing-like-it'))['messages'], [0, 0, 0, 0]);
});

test('with a filter, what is of the whole input says so', async () => {
  const { out } = await analyze(at('pod.pcap'), '--json', '--filter', 'name~^www');
  const { input, ...counted } = JSON.parse(out) as {
    input: { files: { packets: number }[]; wire: object };
    packets: number;
  };
  assert.equal(counted.packets, 2);
  assert.ok(input.files[0]!.packets > 2);
  assert.ok('icmpErrors' in input.wire && !('files' in counted) && !('wire' in counted));
});

test('in words, too, only what matches is counted', async () => {
  const { out } = await analyze(at('pod.pcap'), '--filter', 'name~^www');
  assert.match(out, /^Only what matches name~\^www:\n2 DNS messages in 2 packets: 1 lookup, 0 failed/u);
  assert.match(out, /No finding\./u);
});

test('what CoreDNS asks for itself is counted by what it looks like', async () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  for (const second of [1, 2, 3]) forward(story, { at: second * 1000, took: 1, name: '.', type: 'NS' });
  fs.writeFileSync(at('own.pcap'), story.captures().get('kube-system/coredns-1')!.bytes);
  const { out } = await analyze(at('own.pcap'), '--json');
  assert.deepEqual((JSON.parse(out) as { ownQueries: object }).ownQueries, {
    health: 3,
    loop: 0,
    refresh: 0,
    transfer: 0,
    other: 0,
  });
  assert.match((await analyze(at('own.pcap'))).out, /\n {2}asked by resolvers for nobody: 3 health probes\n/u);
  const filtered = await analyze(at('own.pcap'), '--filter', 'name~^www');
  assert.doesNotMatch(filtered.out, /for nobody/u);
});

test('a broken filter is one line with the column, and exit 2', async () => {
  const { exit, out, err } = await analyze(at('pod.pcap'), '--json', '--filter', 'rcode==Sucess');
  assert.deepEqual([exit, out], [2, '']);
  assert.match(err, /^--filter is broken\. Column 8: expected a response code .*did you mean Success\?\)\n$/u);
});

test('a cut capture is analysed up to the cut and says so', async () => {
  const { exit, out, err } = await analyze(at('cut.pcap'), '--json');
  assert.equal(exit, 0);
  const { files } = JSON.parse(out) as { files: { truncated: boolean; packets: number }[] };
  assert.deepEqual([files[0]!.truncated, files[0]!.packets], [true, 3]);
  assert.match(err, /^.*cut\.pcap: the capture ends inside a packet; analysed up to there\n$/);
});

test('empty, foreign and absent files, and bad use, are one line and exit 2', async () => {
  for (const argv of [
    [at('empty.pcap')],
    [at('foreign.pcap')],
    [at('absent.pcap')],
    [at('nothing')],
    [],
    ['--nonsense'],
    [at('pod.pcap'), '--topology', at('foreign.pcap')],
    [at('pod.pcap'), '--topology', at('absent.json')],
  ]) {
    const { exit, out, err } = await analyze(...argv);
    assert.deepEqual([exit, out], [2, ''], argv.join(' '));
    assert.equal(err.trim().split('\n').length, 1, err);
  }
});

test('--dns-port: a server on a port of its own, from its first packet on', async () => {
  const ends = { src: POD, sport: 40_000, dst: VIP, dport: 1053 };
  const builder = new CaptureBuilder();
  builder.udp({ ...ends, timeNs: 0n, payload: dnsQuery({ id: 1, name: 'a.example.com' }) });
  fs.writeFileSync(at('port.pcap'), builder.bytes());
  const messages = async (...argv: readonly string[]): Promise<unknown> => {
    const { exit, out } = await analyze(at('port.pcap'), '--json', ...argv);
    assert.equal(exit, 0);
    return (JSON.parse(out) as Record<string, unknown>)['dnsMessages'];
  };
  assert.equal(await messages(), 0);
  assert.equal(await messages('--dns-port', '5300,1053'), 1);
  assert.equal(await messages('--dns-port', '5300', '--dns-port', '1053'), 1);
  for (const wrong of ['0', '65536', 'dns', '53,', '-1']) {
    const { exit, err } = await analyze(at('port.pcap'), '--dns-port', wrong);
    assert.equal(exit, 2);
    assert.match(err, /--dns-port takes ports from 1 to 65535/);
  }
});

test('--stats adds statistics: rows in words, and an object in JSON that counts what the summary counts', async () => {
  const words = await analyze(at('pod.pcap'), '--stats');
  assert.equal(words.exit, 0);
  assert.match(words.out, /^Statistics +count +mean/mu);
  assert.match(words.out, /^ {2}SERVFAIL +1 /mu);
  assert.match(words.out, /^ {2}4\.0 s to 5\.0 s +1 /mu);
  const { out } = await analyze(at('pod.pcap'), '--stats', '--json');
  const summary = JSON.parse(out) as Record<string, unknown> & {
    statistics: Record<string, { count: number }> & { rcodes: { name: string; count: number }[]; records: unknown };
  };
  const { statistics } = summary;
  assert.deepEqual(
    [statistics['messages']!.count, statistics['queries']!.count, statistics['responses']!.count],
    [summary['dnsMessages'], summary['queries'], summary['responses']],
  );
  assert.deepEqual(Object.fromEntries(statistics.rcodes.map(({ name, count }) => [name, count])), summary['rcodes']);
  assert.notEqual(statistics.records, undefined);
  assert.equal('statistics' in (JSON.parse((await analyze(at('pod.pcap'), '--json')).out) as object), false);
});

test('--stats tells where answers came from', async () => {
  const of = async (...argv: readonly string[]): Promise<unknown> => {
    const { out } = await analyze(at('pod.pcap'), at('coredns.pcap'), '--stats', '--json', ...argv);
    return (JSON.parse(out) as { answeredBy: unknown }).answeredBy;
  };
  const none = { upstream: 0, cache: 0, local: 0, nodelocal: 0, unknown: 0 };
  assert.deepEqual(await of(), { every: 1, lookups: { ...none, upstream: 1, local: 1 } });
  assert.deepEqual(await of('--filter', 'name == www.example.com'), { every: 1, lookups: { ...none, upstream: 1 } });
  const words = await analyze(at('pod.pcap'), at('coredns.pcap'), '--stats');
  assert.match(words.out, /\n\nAnswers of lookups: 1 from an upstream, 1 from data of CoreDNS\n$/u);
  assert.ok(!('answeredBy' in (JSON.parse((await analyze(at('pod.pcap'), '--json')).out) as object)));
});

test('--stats with a filter counts what matches, and leaves out records, which are counted of all', async () => {
  const { out } = await analyze(at('pod.pcap'), '--stats', '--json', '--filter', 'rcode==ServerFailure');
  const { statistics } = JSON.parse(out) as {
    statistics: { messages: { count: number }; rcodes: { name: string }[]; names: { rows: { key: string }[] } };
  };
  assert.deepEqual(
    statistics.rcodes.map(({ name }) => name),
    ['SERVFAIL'],
  );
  assert.deepEqual(
    statistics.names.rows.map(({ key }) => key),
    ['myexternalendpoint.com.'],
  );
  assert.equal('records' in statistics, false);
});

test('--expect compares answers with a list, given or in a file, and names who said otherwise first', async () => {
  fs.writeFileSync(at('expect.txt'), '# what the office says\nwww.example.com = 192.0.2.9\n\n');
  for (const expect of ['WWW.example.com.=192.0.2.9', at('expect.txt')]) {
    const { exit, out } = await analyze(at('pod.pcap'), at('coredns.pcap'), '--json', '--expect', expect);
    assert.equal(exit, 0);
    const { findings } = JSON.parse(out) as { findings: Record<string, unknown>[] };
    const finding = findings.find(({ id }) => id === 'answers-not-endpoints')!;
    assert.deepEqual(
      [finding['hop'], finding['cause'], finding['confidence'], finding['severity']],
      ['upstream', 'not-as-expected-other-address', 'exact', 'error'],
    );
    assert.match(String(finding['title']), new RegExp(`${UPSTREAM} says 192.0.2.1, expected is 192.0.2.9`));
  }
});

test('--expect holds the answers of a saved session, which brings a topology of its own, against the list', async () => {
  const session = path.join(import.meta.dirname, '../../../examples/first-story.pcapng');
  const { out } = await analyze(session, '--json', '--expect', 'www.example.com=192.0.2.4');
  assert.match(out, /not-as-expected-other-address/);
});

test('--expect is silent when answers are among the addresses, also IPv6 ones for questions nobody asked', async () => {
  const expect = [
    '--expect',
    'www.example.com=192.0.2.1,192.0.2.9,2001:DB8:0::1',
    '--expect',
    'other.example=192.0.2.7',
  ];
  const { out } = await analyze(at('pod.pcap'), '--json', ...expect);
  assert.ok(!out.includes('not-as-expected'));
});

test('an expected name that was never asked is said so, as information', async () => {
  const { exit, out } = await analyze(at('pod.pcap'), '--expect', 'other.example=192.0.2.7');
  assert.equal(exit, 0);
  assert.match(out, /INFO \[answers-not-endpoints.*\n {2}other\.example was never asked in this trace\n/);
});

test('a name whose answers say nothing of the expected family is told apart from one never asked', async () => {
  const { out } = await analyze(at('pod.pcap'), '--expect', 'www.example.com=2001:db8::1');
  assert.match(out, /www\.example\.com was asked, and no answer could be compared/);
});

test('an expectation that cannot be read is one line that says which, and exit 2', async () => {
  fs.writeFileSync(at('bad.txt'), 'www.example.com=192.0.2.1\nwww.example.com=192.0.2\n');
  fs.writeFileSync(at('none.txt'), '# nothing\n');
  for (const [expect, says] of [
    ['www.example.com=', /^--expect: "" is no IP address\. Write NAME=ADDRESS/],
    ['=192.0.2.1', /names nothing/],
    [at('bad.txt'), /bad\.txt line 2: "192\.0\.2" is no IP address/],
    [at('none.txt'), /holds no names/],
    [at('missing.txt'), /^--expect: .*missing\.txt is neither NAME=ADDRESS nor a file\. Write NAME=ADDRESS/],
  ] as const) {
    const { exit, out, err } = await analyze(at('pod.pcap'), '--expect', expect);
    assert.deepEqual([exit, out], [2, ''], expect);
    assert.match(err, says);
  }
  assert.match((await analyze(at('pod.pcap'), '--expect')).err, /^--expect needs a value\. Use: /);
});

test('where nothing was seen, no finding is not what it says', async () => {
  fs.writeFileSync(at('header.pcap'), fs.readFileSync(at('pod.pcap')).subarray(0, 24));
  const header = await analyze(at('header.pcap'));
  assert.match(header.out, /\nNo packet was seen, so nothing can be said\. Check that the capture ran/u);
  const builder = new CaptureBuilder();
  builder.udp({ timeNs: 0n, src: POD, sport: 40_000, dst: VIP, dport: 123, payload: new Uint8Array(48) });
  fs.writeFileSync(at('ntp.pcap'), builder.bytes());
  assert.match((await analyze(at('ntp.pcap'))).out, /\nNo DNS was seen, .* name it with --dns-port\./u);
  assert.match((await analyze(at('pod.pcap'), '--filter', 'nobody')).out, /\nNo finding\.\n/u);
});

test('a Corefile that is no text is not taken for an empty one', async () => {
  const { exit, out, err } = await analyze(at('pod.pcap'), '--corefile', at('coredns.pcap'));
  assert.deepEqual([exit, out], [2, '']);
  assert.match(err, /coredns\.pcap isn't text\. Name a Corefile/u);
});

test('a file that is not there is named once, a packet behind two lookups too', async () => {
  const { err } = await analyze(at('gone.pcap'));
  assert.equal(err, `${at('gone.pcap')} does not exist. Check the path\n`);
  const { out } = await analyze(path.resolve(import.meta.dirname, '../../../examples/first-story.pcapng'));
  const evidence = out.match(/evidence: .*/gu) ?? [];
  assert.ok(evidence.length > 3);
  assert.equal(new Set(evidence).size, evidence.length);
});
