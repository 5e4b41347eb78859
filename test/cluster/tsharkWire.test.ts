/** Generated captures with everything on the wire, as tshark reads them and as we do: every message and every field both name. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { decodeMessage, type DnsMessage, type DnsRecord } from '../../src/core/dns/message.ts';
import { DnsType } from '../../src/core/dns/types.ts';
import { NONE, ROW_MASK } from '../../src/core/trace/tables.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { messageBytes } from '../../src/core/view/messageBytes.ts';
import { rotatingSeed, seededRandom } from '../support/rotatingSeed.ts';
import { wireCorpus, type CorpusCapture } from '../support/wireCorpus.ts';

const ITEMS = 120;

let folder = '';
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-wire-'));
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A field as both give it, for all messages of a frame: values in wire order. */
type ValuesOf = (message: DnsMessage) => readonly (string | number)[];

const recordsOf = (message: DnsMessage): readonly DnsRecord[] => [
  ...message.answers,
  ...message.authorities,
  ...message.additionals,
];
/** tshark writes names without the final dot, and the root in words. */
const bare = (name: string): string => (name === '.' ? '<Root>' : name.replace(/\.$/u, ''));
const unquoted = (text: string): string => text.replace(/^"|"$/gu, '');
const ofType =
  (types: readonly string[], value: (record: DnsRecord) => readonly (string | number)[]): ValuesOf =>
  (message) =>
    recordsOf(message)
      .filter((record) => types.some((type) => DnsType[type as 'A'] === record.type))
      .flatMap(value);
const words = (record: DnsRecord): readonly string[] => record.rdata.text.split(' ');
const word = (types: readonly string[], index: number, change = (text: string): string | number => text): ValuesOf =>
  ofType(types, (record) => [change(words(record)[index] ?? '')]);
const field = (types: readonly string[], label: string, change = (text: string): string | number => text): ValuesOf =>
  ofType(types, (record) =>
    record.rdata.kind === 'fields'
      ? record.rdata.fields.filter((one) => one.label === label).map(({ text }) => change(text))
      : [],
  );
const typeNumber = (text: string): number => DnsType[text as 'A'] ?? Number(text.replace('TYPE', ''));
const bitmapOf = ({ type, rdata }: DnsRecord): readonly number[] =>
  rdata.kind === 'fields' && [DnsType.NSEC, DnsType.NSEC3, DnsType.CSYNC].some((known) => known === type)
    ? (rdata.fields.at(-1)?.text ?? '')
        .split(' ')
        .filter((text) => text !== '')
        .map(typeNumber)
    : [];
const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');
const options =
  (code: number, value: (text: string) => readonly (string | number)[]): ValuesOf =>
  (message) =>
    (message.edns?.options ?? []).filter((option) => option.code === code).flatMap((option) => value(option.text));

const FIELDS: Readonly<Record<string, ValuesOf>> = {
  'dns.id': (message) => [message.id],
  'dns.flags': (message) => [message.flags],
  'dns.qry.name': (message) => message.questions.map(({ name }) => bare(name)),
  'dns.qry.type': (message) => message.questions.map(({ type }) => type),
  'dns.qry.class': (message) => message.questions.map((question) => question.class),
  // tshark takes the owner of SRV apart into service, protocol and name.
  'dns.resp.name': (message) =>
    recordsOf(message)
      .filter(({ type }) => type !== DnsType.SRV)
      .map(({ name }) => bare(name)),
  // Types in a bitmap go by the same name there.
  'dns.resp.type': (message) => recordsOf(message).flatMap((record) => [record.type, ...bitmapOf(record)]),
  'dns.resp.class': (message) =>
    recordsOf(message)
      .filter(({ type }) => type !== DnsType.OPT)
      .map((record) => record.class),
  'dns.resp.ttl': (message) =>
    recordsOf(message)
      .filter(({ type }) => type !== DnsType.OPT)
      .map(({ ttl }) => ttl),
  'dns.resp.len': (message) => recordsOf(message).map(({ rdataStart, end }) => end - rdataStart),
  'dns.count.add_rr': (message) => [message.counts.additionals],
  'dns.a': ofType(['A'], ({ rdata }) => (rdata.kind === 'address' ? [rdata.address] : [])),
  'dns.aaaa': word(['AAAA'], 0),
  'dns.ns': word(['NS'], 0, bare),
  'dns.cname': word(['CNAME'], 0, bare),
  'dns.dname': word(['DNAME'], 0, bare),
  'dns.ptr.domain_name': word(['PTR'], 0, bare),
  'dns.mx.preference': word(['MX'], 0),
  'dns.mx.mail_exchange': word(['MX'], 1, bare),
  'dns.srv.priority': word(['SRV'], 0),
  'dns.srv.weight': word(['SRV'], 1),
  'dns.srv.port': word(['SRV'], 2),
  'dns.srv.target': word(['SRV'], 3, bare),
  'dns.soa.mname': word(['SOA'], 0, bare),
  'dns.soa.rname': word(['SOA'], 1, bare),
  'dns.soa.serial_number': word(['SOA'], 2),
  'dns.soa.refresh_interval': word(['SOA'], 3),
  'dns.soa.retry_interval': word(['SOA'], 4),
  'dns.soa.expire_limit': word(['SOA'], 5),
  'dns.soa.minimum_ttl': word(['SOA'], 6),
  'dns.txt': ofType(['TXT'], ({ rdata }) => (rdata.kind === 'txt' ? rdata.strings : [])),
  'dns.spf': ofType(['SPF'], ({ rdata }) => (rdata.kind === 'txt' ? rdata.strings : [])),
  'dns.caa.tag': ofType(['CAA'], ({ rdata }) => (rdata.kind === 'caa' ? [rdata.tag] : [])),
  'dns.caa.value': ofType(['CAA'], ({ rdata }) => (rdata.kind === 'caa' ? [rdata.value] : [])),
  'dns.naptr.order': field(['NAPTR'], 'Order'),
  'dns.naptr.preference': field(['NAPTR'], 'Preference'),
  'dns.naptr.flags': field(['NAPTR'], 'Flags', unquoted),
  'dns.naptr.service': field(['NAPTR'], 'Services', unquoted),
  'dns.naptr.regex': field(['NAPTR'], 'Expression', unquoted),
  'dns.naptr.replacement': field(['NAPTR'], 'Replacement', bare),
  'dns.ds.key_id': field(['DS', 'CDS', 'DLV'], 'Key tag'),
  'dns.ds.algorithm': field(['DS', 'CDS', 'DLV'], 'Algorithm'),
  'dns.ds.digest_type': field(['DS', 'CDS', 'DLV'], 'Digest type'),
  'dns.ds.digest': field(['DS', 'CDS', 'DLV'], 'Digest'),
  'dns.dnskey.flags': field(['DNSKEY', 'CDNSKEY'], 'Flags'),
  'dns.dnskey.protocol': field(['DNSKEY', 'CDNSKEY'], 'Protocol'),
  'dns.dnskey.algorithm': field(['DNSKEY', 'CDNSKEY'], 'Algorithm'),
  'dns.dnskey.public_key': field(['DNSKEY', 'CDNSKEY'], 'Public key', hexOf),
  'dns.key.flags': field(['KEY'], 'Flags'),
  'dns.key.algorithm': field(['KEY'], 'Algorithm'),
  'dns.rrsig.type_covered': field(['RRSIG'], 'Type covered', typeNumber),
  'dns.rrsig.algorithm': field(['RRSIG'], 'Algorithm'),
  'dns.rrsig.labels': field(['RRSIG'], 'Labels'),
  'dns.rrsig.original_ttl': field(['RRSIG'], 'Original TTL'),
  'dns.rrsig.key_tag': field(['RRSIG'], 'Key tag'),
  'dns.rrsig.signers_name': field(['RRSIG'], 'Signer', bare),
  'dns.rrsig.signature': field(['RRSIG'], 'Signature', hexOf),
  'dns.nsec.next_domain_name': field(['NSEC'], 'Next name', bare),
  'dns.nsec3.algo': field(['NSEC3', 'NSEC3PARAM'], 'Hash algorithm'),
  'dns.nsec3.iterations': field(['NSEC3', 'NSEC3PARAM'], 'Iterations'),
  'dns.nsec3.salt_value': field(['NSEC3', 'NSEC3PARAM'], 'Salt', (text) => (text === '-' ? '<MISSING>' : text)),
  'dns.tlsa.certificate_usage': field(['TLSA'], 'Usage'),
  'dns.tlsa.selector': field(['TLSA'], 'Selector'),
  'dns.tlsa.matching_type': field(['TLSA'], 'Matching type'),
  'dns.tlsa.certificate_association_data': field(['TLSA'], 'Association data'),
  'dns.sshfp.algorithm': field(['SSHFP'], 'Algorithm'),
  'dns.sshfp.fingerprint.type': field(['SSHFP'], 'Fingerprint type'),
  'dns.sshfp.fingerprint': field(['SSHFP'], 'Fingerprint'),
  'dns.csync.soa': field(['CSYNC'], 'SOA serial'),
  'dns.zonemd.serial': field(['ZONEMD'], 'Serial'),
  'dns.zonemd.digest': field(['ZONEMD'], 'Digest'),
  'dns.svcb.svcpriority': word(['SVCB', 'HTTPS'], 0),
  'dns.svcb.targetname': word(['SVCB', 'HTTPS'], 1, bare),
  'dns.kx.preference': field(['KX'], 'Preference'),
  'dns.kx.key_exchange': field(['KX'], 'Exchanger', bare),
  'dns.px.preference': field(['PX'], 'Preference'),
  'dns.px.map822': field(['PX'], 'RFC 822 domain', bare),
  'dns.rp.mailbox': field(['RP'], 'Mailbox', bare),
  'dns.rp.txt_rr': field(['RP'], 'Text records at', bare),
  'dns.afsdb.hostname': field(['AFSDB'], 'Host', bare),
  'dns.rt.intermediate_host': field(['RT'], 'Host', bare),
  'dns.x25.psdn_address': field(['X25'], 'Address', unquoted),
  'dns.gpos.longitude': field(['GPOS'], 'Longitude', unquoted),
  'dns.gpos.latitude': field(['GPOS'], 'Latitude', unquoted),
  'dns.gpos.altitude': field(['GPOS'], 'Altitude', unquoted),
  'dns.cert.key_tag': field(['CERT'], 'Key tag'),
  'dns.cert.certificate': field(['CERT'], 'Certificate', hexOf),
  'dns.dhcid.rdata': field(['DHCID'], 'Identifier', hexOf),
  'dns.hip.rendezvous_server': field(['HIP'], 'Rendezvous server', bare),
  'dns.ipseckey.gateway_precedence': field(['IPSECKEY'], 'Precedence'),
  'dns.ipseckey.public_key': field(['IPSECKEY'], 'Public key', hexOf),
  'dns.ilnp.nid.preference': field(['NID'], 'Preference'),
  'dns.ilnp.l32': field(['L32'], 'Locator'),
  'dns.ilnp.lp': field(['LP'], 'Name', bare),
  'dns.eui48': field(['EUI48'], 'Address', (text) => text.replaceAll('-', '')),
  'dns.eui64': field(['EUI64'], 'Address', (text) => text.replaceAll('-', '')),
  'dns.tsig.algorithm_name': field(['TSIG'], 'Algorithm', bare),
  'dns.tsig.original_id': field(['TSIG'], 'Original ID'),
  'dns.tsig.fudge': field(['TSIG'], 'Fudge'),
  'dns.tkey.algo_name': field(['TKEY'], 'Algorithm', bare),
  'dns.tkey.mode': field(['TKEY'], 'Mode'),
  'dns.rr.udp_payload_size': (message) => (message.edns === undefined ? [] : [message.edns.udpSize]),
  'dns.resp.ext_rcode': (message) => (message.edns === undefined ? [] : [message.edns.extendedRcode]),
  'dns.opt.code': (message) => (message.edns?.options ?? []).map(({ code }) => code),
  'dns.opt.cookie.client': options(10, (text) => [text.replace('client ', '')]),
  'dns.opt.client.addr4': options(8, (text) => [text.replace(/\/.*/u, '')]),
  'dns.opt.client.netmask': options(8, (text) => [/\/(\d+)/u.exec(text)?.[1] ?? '']),
  'dns.opt.ext_error.info_code': options(15, (text) => [Number.parseInt(text, 10)]),
  'dns.opt.ext_error.extra_text': options(15, (text) => [text.replace(/^.*: /u, '')]),
};

/** What tshark does only when asked: segments out of order, and the port that Linux and flannel give VXLAN (docs/tshark.md). */
const LIKE_US = ['-o', 'tcp.reassemble_out_of_order:TRUE', '-d', 'udp.port==8472,vxlan'];

interface TsharkFrame {
  readonly _source: { readonly layers: Readonly<Record<string, readonly string[] | undefined>> };
}

/** Frame number → field → values. */
type Read = ReadonlyMap<number, Readonly<Record<string, string>>>;

/** Numbers in any notation, bytes with or without colons, letters of any case: one spelling. */
function plain(value: string | number): string {
  const text = String(value);
  if (/^0x[0-9a-f]+$/iu.test(text) || /^\d+$/u.test(text)) return String(Number(text));
  if (text === 'True') return '1';
  return /^[0-9a-f]{2}(:[0-9a-f]{2})+$/iu.test(text) ? text.replaceAll(':', '').toLowerCase() : text;
}

function asTshark(file: string): Read {
  const fields = ['frame.number', 'icmp.type', 'icmpv6.type', 'dns.time', ...Object.keys(FIELDS)];
  const args = ['-2', '-n', ...LIKE_US, '-r', file, '-T', 'json', ...fields.flatMap((name) => ['-e', name])];
  const json = execFileSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 512e6,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const read = new Map<number, Record<string, string>>();
  for (const { _source } of JSON.parse(json) as TsharkFrame[]) {
    const { layers } = _source;
    // An ICMP error quotes a message; tshark dissects the quote as if it were one more.
    const isQuote = layers['icmp.type'] !== undefined || layers['icmpv6.type'] !== undefined;
    if (layers['dns.id'] === undefined || isQuote) continue;
    const values = Object.keys(FIELDS).map((name) => [name, (layers[name] ?? []).map(plain).join(' ')] as const);
    read.set(Number(layers['frame.number']?.[0]), {
      ...Object.fromEntries(values),
      'dns.time': (layers['dns.time'] ?? []).map((time) => Math.round(Number(time) * 1e6)).join(' '),
    });
  }
  return read;
}

function asDnscope({ bytes }: CorpusCapture): Read {
  const engine = new TraceEngine();
  const stream = engine.openFile(
    () => ({ name: 'capture', role: 'unknown', addresses: [] }),
    (offset, length) => bytes.slice(offset, offset + length),
  );
  stream.push(bytes);
  stream.end();
  engine.finish();
  const { trace } = engine;
  const frames = new Map<number, { message: DnsMessage; time: string }[]>();
  for (let id = 0; id < trace.messages.length; id++) {
    const chunk = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transactions = trace.transactions.of(chunk.transaction[row]!);
    const at = chunk.transaction[row]! & ROW_MASK;
    const isResponse = (chunk.flags[row]! & 0x8000) !== 0;
    const answers = isResponse && transactions.firstMessage[at] !== id && transactions.firstMessage[at] !== NONE;
    const time = answers ? String(Math.round((chunk.time[row]! - transactions.start[at]!) / 1e3)) : '';
    const held = messageBytes(engine, id);
    assert.ok(held, `message ${String(id)} can be read again`);
    const { message, problems } = decodeMessage(held);
    assert.deepEqual(problems, []);
    const packet = chunk.packet[row]!;
    frames.set(packet, [...(frames.get(packet) ?? []), { message, time }]);
  }
  return new Map(
    [...frames].map(([packet, messages]) => [
      packet,
      {
        ...Object.fromEntries(
          Object.entries(FIELDS).map(([name, valuesOf]) => [
            name,
            messages
              .flatMap(({ message }) => valuesOf(message))
              .map(plain)
              .join(' '),
          ]),
        ),
        'dns.time': messages.flatMap(({ time }) => (time === '' ? [] : [time])).join(' '),
      },
    ]),
  );
}

const seed = rotatingSeed();
for (const capture of wireCorpus(seededRandom(seed), ITEMS)) {
  test(`tshark and the engine agree on ${capture.name}, seed ${String(seed)}`, () => {
    const file = path.join(folder, `${capture.name}.pcap`);
    fs.writeFileSync(file, capture.bytes);
    const theirs = asTshark(file);
    const ours = asDnscope(capture);
    assert.deepEqual(
      [...ours.keys()].sort((a, b) => a - b),
      [...theirs.keys()].sort((a, b) => a - b),
      'frames with messages',
    );
    assert.ok(ours.size > ITEMS);
    for (const [frame, fields] of theirs) {
      for (const [name, value] of Object.entries(fields)) {
        assert.equal(ours.get(frame)?.[name], value, `frame ${String(frame)}, ${name}`);
      }
    }
  });
}
