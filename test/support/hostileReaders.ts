/**
 * Readers of what strangers write, each with sound inputs to start from and what has to hold for whatever comes of them. The unit suite
 * gives each 100,000 mutated inputs; `npm run fuzz` goes on for as long as wanted.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { parseCorefile } from '../../src/core/corefile/parser.ts';
import { DnsHead, readDnsHead } from '../../src/core/dns/dnsHead.ts';
import { extendedRcodeBits } from '../../src/core/dns/extendedRcode.ts';
import { decodeMessage } from '../../src/core/dns/message.ts';
import { parseNameText } from '../../src/core/dns/name.ts';
import { readMessageName } from '../../src/core/dns/nameReader.ts';
import { readRdata } from '../../src/core/dns/rdata.ts';
import { parseType } from '../../src/core/dns/types.ts';
import { Pseudonyms } from '../../src/core/export/pseudonyms.ts';
import { redactMessage } from '../../src/core/export/redactMessage.ts';
import { readPrometheusText } from '../../src/core/metrics/prometheusText.ts';
import { CaptureReader } from '../../src/core/packet/captureReader.ts';
import { decodeFrame, Frame, IpProtocol } from '../../src/core/packet/frame.ts';
import type { CaptureInterface } from '../../src/core/packet/packetSink.ts';
import { emptyTopology } from '../../src/core/topology/topology.ts';
import { messageTree } from '../../src/core/view/details/messageTree.ts';
import { readFileName, rotationKey } from '../../src/io/input/captureNames.ts';
import { decompressed, type Compression } from '../../src/io/input/decompressed.ts';
import { topologyFromNotes } from '../../src/io/input/retinaNotes.ts';
import { TarReader } from '../../src/io/input/tarReader.ts';
import {
  parseFormatComment,
  parseLossesComment,
  parseTopologyComment,
  parseUnwatchedComment,
  parseVantageComment,
} from '../../src/protocol/sessionFile.ts';
import { StderrReader } from '../../src/sources/tcpdumpStderr.ts';
import { concat, dnsQuery, dnsResponse, text } from './packetBuilder.ts';
import { RECORD_SAMPLES } from './recordSamples.ts';
import { mutated } from './rotatingSeed.ts';
import { sumTarHeaders, tarArchive } from './tarBuilder.ts';
import type { CorpusCapture, Random } from './wireCorpus.ts';

export interface HostileReader {
  readonly name: string;
  /** One mutated input. */
  readonly make: (random: Random) => Uint8Array;
  /** Throws when something that has to hold does not. @returns how much was read, to show that the damage is met deep inside */
  readonly read: (bytes: Uint8Array, random: Random) => number | Promise<number>;
}

const decoder = new TextDecoder();
const pick = <T>(all: readonly T[], random: Random): T => all[random(all.length)]!;
const PRINTABLE = /^[\x20-\x7e]*$/u;

/** The DNS messages over UDP in captures. */
export function messagesIn(captures: readonly CorpusCapture[]): readonly Uint8Array[] {
  const frame = new Frame();
  const found: Uint8Array[] = [];
  for (const { bytes: capture, linkType } of captures) {
    const reader = new CaptureReader({
      onPacket(bytes, start, end) {
        if (!decodeFrame(bytes, start, end, linkType, frame)) return;
        const isPlain = frame.protocol === IpProtocol.udp && frame.fragment === 0;
        if (isPlain && (frame.srcPort === 53 || frame.dstPort === 53))
          found.push(bytes.slice(frame.payloadStart, frame.payloadEnd));
      },
      onInterface: () => undefined,
      onDropCount: () => undefined,
    });
    reader.push(capture);
  }
  return found;
}

export function messageReader(messages: readonly Uint8Array[]): HostileReader {
  const head = new DnsHead();
  return {
    name: 'DNS messages',
    make: (random) => mutated(pick(messages, random), random),
    read(bytes, random) {
      const { message, problems } = decodeMessage(bytes);
      const records = [...message.answers, ...message.authorities, ...message.additionals];
      for (const record of records) {
        assert.ok(record.start < record.rdataStart && record.rdataStart <= record.end && record.end <= bytes.length);
        if (record.rdata.kind !== 'fields') continue;
        for (const { start, end, text: shown } of record.rdata.fields) {
          assert.ok(start >= record.rdataStart && start <= end && end <= record.end);
          assert.match(shown, PRINTABLE);
        }
      }
      for (const { offset } of problems) assert.ok(offset >= 0 && offset <= bytes.length);
      for (const { start, end } of message.edns?.options ?? []) assert.ok(start <= end && end <= bytes.length);
      if (random(16) === 0) messageTree(message, random(2) === 0);
      const isHead = readDnsHead(bytes, 0, bytes.length, head);
      const bits = extendedRcodeBits(bytes, 0, bytes.length, head);
      const isOdd = problems.length > 0 || message.edns?.options.length !== 0;
      if (isHead && !isOdd) assert.equal(head.rcode | bits, message.rcode);
      return records.length;
    },
  };
}

const recordData: HostileReader = {
  name: 'record data',
  // As one type or another: bytes of one are awkward for the next.
  make(random) {
    const [type, hex] = pick(RECORD_SAMPLES, random);
    const read = parseType(random(8) === 0 ? pick(RECORD_SAMPLES, random)[0] : type)!;
    return concat(Uint8Array.of(read >> 8, read & 255), mutated(Uint8Array.from(Buffer.from(hex, 'hex')), random));
  },
  read(bytes) {
    const read = readRdata((bytes[0]! << 8) | bytes[1]!, bytes, 0, 2, bytes.length);
    if (read === undefined) return 0;
    assert.match(read.text, PRINTABLE);
    for (const { start, end } of read.kind === 'fields' ? read.fields : [])
      assert.ok(start >= 2 && start <= end && end <= bytes.length);
    return 1;
  },
};

const named: HostileReader = {
  name: 'names as text',
  make: (random) => mutated(pick(NAME_TEXTS, random), random),
  read(bytes) {
    const { value } = parseNameText(decoder.decode(bytes));
    if (value === undefined) return 0;
    assert.ok(value.length <= 255 && value.at(-1) === 0);
    // As it is written out it is read again.
    const read = readMessageName(value, 0, 0, value.length);
    assert.ok('text' in read && read.next === value.length);
    assert.deepEqual(parseNameText(read.text).value, value);
    return 1;
  },
};
const NAME_TEXTS = [
  'www.example.com.',
  '\\255\\.a\\000b.x',
  `${'a'.repeat(63)}.${'b.'.repeat(90)}`,
  '.',
  '*._tcp.svc',
].map(text);

const SECRET = 'secretlabel.anothersecret.example';
const secretMessages = [
  dnsQuery({ id: 1, name: SECRET, ednsSize: 1232 }),
  dnsResponse({ id: 1, name: SECRET, answers: [{ type: 'A', name: SECRET, ttl: 1, data: '10.1.2.3' }] }),
  dnsResponse({ name: SECRET, type: 'TXT', answers: [{ type: 'TXT', name: SECRET, ttl: 1, data: ['secretlabel'] }] }),
  dnsResponse({
    name: SECRET,
    type: 'SRV',
    answers: [{ type: 'SRV', name: SECRET, ttl: 1, data: { target: SECRET, port: 1 } }],
  }),
  serviceMessage(),
];

/** HTTPS, CAA and EDNS, which dns-packet does not write: the secret stands in a target, a parameter, a value and an error's words. */
function serviceMessage(): Uint8Array {
  const secret = text(SECRET);
  const name = parseNameText(SECRET).value!;
  const u16 = (...values: readonly number[]): Uint8Array =>
    Uint8Array.from(values.flatMap((one) => [one >> 8, one & 255]));
  const parameters = concat(
    u16(1, 3),
    Uint8Array.of(2, 104, 50),
    u16(4, 4, 0x0a01, 0x0203),
    u16(5, secret.length),
    secret,
  );
  const service = concat(u16(1), name, parameters);
  const authority = concat(Uint8Array.of(0, 5), text('issue'), secret);
  const options = concat(u16(15, 2 + secret.length, 22), secret, u16(8, 7, 1), Uint8Array.of(24, 0, 10, 1, 2));
  const record = (type: number, data: Uint8Array): Uint8Array => concat(u16(0xc00c, type, 1, 0, 60, data.length), data);
  return concat(
    u16(1, 0x8180, 1, 2, 0, 1),
    name,
    u16(65, 1),
    record(65, service),
    record(257, authority),
    Uint8Array.of(0),
    u16(41, 1232, 0, 0, options.length),
    options,
  );
}

/** What was readable is gone, as many bytes are left, and what is known to say nothing stays. */
function redaction(): HostileReader {
  const pseudonyms = new Pseudonyms((named) => createHash('sha512').update(named).digest());
  return {
    name: 'redacted messages',
    make: (random) => mutated(pick(secretMessages, random), random),
    read(bytes) {
      const output = redactMessage(bytes, pseudonyms);
      assert.equal(output.length, bytes.length);
      // Fixed fields (time to live, type, length) of damaged messages may hold a few letters.
      assert.ok(!Buffer.from(output).includes('secretla'));
      if (bytes.length < 12) return 0;
      assert.deepEqual([...output.subarray(0, 4)], [...bytes.subarray(0, 4)]);
      return decodeMessage(output).message.questions.length;
    },
  };
}

const archive = tarArchive([
  { name: 'a.pcap', data: Uint8Array.of(1, 2, 3) },
  { name: `${'deep/'.repeat(30)}dns.pcap`, data: new Uint8Array(5) },
  { name: `${'long/'.repeat(30)}dns.pcap`, data: new Uint8Array(600), gnu: true },
]);

const tarArchives: HostileReader = {
  name: 'tar archives',
  // A header that does not add up ends an archive: most are made to, so that the damage gets past it.
  make(random) {
    const bytes = mutated(archive, random);
    return random(8) === 0 ? bytes : sumTarHeaders(bytes);
  },
  read(bytes, random) {
    let out = 0;
    let entries = 0;
    const reader = new TarReader((name) => {
      entries++;
      assert.ok(name.length <= bytes.length);
      return { data: ({ length }) => void (out += length), end: () => undefined };
    });
    const at = random(bytes.length + 1);
    reader.push(bytes.subarray(0, at));
    reader.push(bytes.subarray(at));
    reader.end();
    assert.ok(out <= bytes.length);
    return entries;
  },
};

const LINES = [
  'tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes\n',
  '12 packets captured\n30 packets received by filter\n4 packets dropped by kernel\n',
  'dnscope: ending heartbeat-lost\ntcpdump: 12 packets captured, 30 packets received by filter\n',
].map(text);

const captureErrors: HostileReader = {
  name: 'the standard error of a capture',
  make: (random) => mutated(pick(LINES, random), random),
  read(bytes, random) {
    let events = 0;
    const reader = new StderrReader((event) => {
      events++;
      if (event.kind !== 'counters') return;
      for (const count of Object.values(event.counters)) assert.ok(Number(count) >= 0);
    });
    const at = random(bytes.length + 1);
    reader.push(bytes.subarray(0, at));
    reader.push(bytes.subarray(at));
    reader.end();
    assert.ok(events <= bytes.length);
    return events;
  },
};

const METRIC = 'coredns_dns_responses_total';
const metricsText = text(
  `# TYPE ${METRIC} counter\n${METRIC}{plugin="",rcode="SERVFAIL",server="dns://:53",zone="."} 4\n` +
    `${METRIC}{ rcode = "A\\"b\\\\c\\nd" , } 1e3 1700000000000\r\n`,
);
const wanted = new Set([METRIC]);
const metrics: HostileReader = {
  name: 'metrics',
  make: (random) => mutated(metricsText, random),
  read(bytes) {
    const { samples } = readPrometheusText(decoder.decode(bytes), wanted);
    for (const { name } of samples) assert.equal(name, METRIC);
    return samples.length;
  },
};

const rules = text(
  '-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j X\n' +
    '-A KUBE-SEP-A -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.0.5:53\n',
);
const interfaces = text(
  '[{"ifname":"eth0","addr_info":[{"family":"inet","local":"172.18.0.2","scope":"global"},{"local":"fd00::2","scope":"global"}]}]',
);
const retinaNotes: HostileReader = {
  name: 'notes beside a Retina capture',
  make: (random) => mutated(pick([rules, interfaces], random), random),
  read(bytes) {
    const note = decoder.decode(bytes);
    const { services, nodes } = topologyFromNotes(
      [
        { name: 'iptables-rules.txt', node: undefined, text: note },
        { name: 'ip-resources.txt', node: 'n1', text: note },
      ],
      emptyTopology,
    );
    assert.ok(services.length <= bytes.length / 40 && nodes.length === 1);
    return services.length + nodes[0]!.addresses.length;
  },
};

const NAMES = ['retina-capture-n1-20260101120000UTC.pcap', 'dumpy-12345678-web-0.pcap.gz', 'a/b/dns.pcap12'].map(text);
const captureNames: HostileReader = {
  name: 'names of capture files',
  make: (random) => mutated(pick(NAMES, random), random),
  read(bytes) {
    const label = decoder.decode(bytes);
    return JSON.stringify(readFileName(label)).length + rotationKey(label).length;
  },
};

/** Fixtures and what CoreDNS's documents write. */
function corefiles(): readonly Uint8Array[] {
  const folder = path.join(import.meta.dirname, '../fixtures/corefiles/defaults');
  const files = fs.readdirSync(folder).map((name) => new Uint8Array(fs.readFileSync(path.join(folder, name))));
  const odd = text('(s) {\n  log\n  {$A}\n}\nimport s\na.b:53, c {\n import s x # c\n "q\\"" {\n  b\n }\n}\n');
  return [...files.filter(({ length }) => length < 1500), odd];
}

function corefileReader(): HostileReader {
  const inputs = corefiles();
  return {
    name: 'Corefiles',
    make: (random) => mutated(pick(inputs, random), random),
    read(bytes, random) {
      const source = decoder.decode(bytes);
      const { tokens, comments, problems, items } = parseCorefile(source, { expand: random(2) === 0 });
      for (const { start, end } of [...tokens, ...comments]) {
        assert.ok(start >= 0 && start <= end && end <= source.length);
      }
      for (const { token } of problems) assert.ok(token.start <= token.end && token.end <= source.length);
      return items.length;
    },
  };
}

/** Everything that reading a saved trace does with its bytes, without the trace behind it. */
export function savedTraceReader(session: Uint8Array): HostileReader {
  return {
    name: 'saved traces',
    make: (random) => mutated(session, random),
    read(bytes) {
      let values = 0;
      const told = (value: unknown): void => {
        if (value !== undefined) values++;
      };
      const reader = new CaptureReader({
        onPacket: () => values++,
        onInterface: ({ comments }: CaptureInterface) => {
          told(parseVantageComment(comments));
          for (const loss of parseLossesComment(comments)) assert.ok(loss.toNs >= loss.fromNs);
        },
        onDropCount: () => undefined,
        onPacketComment: () => undefined,
        onAddressName: told,
      });
      reader.push(bytes);
      const { comments } = reader.end();
      told(parseFormatComment(comments));
      told(parseTopologyComment(comments));
      for (const pod of parseUnwatchedComment(comments)) assert.equal(typeof pod, 'string');
      return values;
    },
  };
}

export function compressionReader(kind: Compression): HostileReader {
  const data = Uint8Array.from({ length: 3000 }, (_, k) => (k * 7919) >> 5);
  const source = new Uint8Array(kind === 'gzip' ? zlib.gzipSync(data) : zlib.zstdCompressSync(data));
  const twice = concat(source, source);
  return {
    name: `${kind} streams`,
    make: (random) => mutated(random(3) === 0 ? twice : source, random),
    async read(bytes, random) {
      const at = random(bytes.length + 1);
      const chunks = decompressed([bytes.subarray(0, at), bytes.subarray(at)], kind);
      let length = 0;
      let next = await chunks.next();
      for (; next.done !== true; next = await chunks.next()) length += next.value.length;
      // What the formats can make of a byte: 1032 (deflate); a block of 4 bytes, 128 KiB (RFC 8878 §3.1.1.2).
      const most = kind === 'gzip' ? 1032 * bytes.length : (bytes.length / 4 + 1) * 131_072;
      assert.ok(length <= most && typeof next.value.cut === 'boolean');
      return length;
    },
  };
}

/** Those that answer at once and need nothing but bytes. */
export function plainReaders(): readonly HostileReader[] {
  return [
    recordData,
    named,
    redaction(),
    tarArchives,
    captureErrors,
    metrics,
    retinaNotes,
    captureNames,
    corefileReader(),
  ];
}
