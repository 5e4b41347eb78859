/** The live capture's filter, compiled and run by tcpdump itself over packets of every kind it is to take or leave. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { captureFilter } from '../../src/sources/captureFilter.ts';
import { fragmentsOf, icmpError } from '../support/encapsulation.ts';
import {
  CaptureBuilder,
  concat,
  dnsQuery,
  icmpPacket,
  ipPacket,
  tcpPacket,
  udpPacket,
} from '../support/packetBuilder.ts';

const v4 = { src: '10.244.1.12', dst: '10.96.0.10' };
const v6 = { src: 'fd00::12', dst: 'fd00::a' };
const payload = dnsQuery({ id: 1, name: 'a.example.com' });
const udp = (sport: number, dport: number, ends: { src: string; dst: string } = v4, body = payload): Uint8Array =>
  udpPacket({ ...ends, sport, dport, payload: body });
const tcp = (dport: number): Uint8Array => tcpPacket({ ...v4, sport: 40_000, dport, seq: 1, payload });
const withOptions = udpPacket({ ...v4, sport: 40_000, dport: 53, payload, options: new Uint8Array(8).fill(1) });
const large = new Uint8Array(3000);
/** A fragment header: next header UDP, offset in bytes, more to follow. */
const fragmentV6 = (offset: number): Uint8Array =>
  ipPacket(
    { ...v6, extensions: [[44, Uint8Array.of(0, 0, offset >> 8, (offset & 0xf8) | 1, 0, 0, 0, 7)]] },
    17,
    new Uint8Array(64),
  );
/** An error that the first router or the server itself sends back. */
const error = (type: number, code: number, about: Uint8Array): Uint8Array =>
  icmpError({ type, code, about, src: '10.0.0.1', dst: v4.src });
const error6 = (type: number, about: Uint8Array): Uint8Array =>
  icmpError({ type, code: 4, about, src: 'fd00::1', dst: v6.src });

const taken: Readonly<Record<string, Uint8Array>> = {
  'a query': udp(40_000, 53),
  'a response': udp(53, 40_000),
  'a query over IPv6': udp(40_000, 53, v6),
  'a query over TCP': tcp(53),
  'a query with IP options': withOptions,
  'a port from the Corefile': udp(40_000, 1053),
  'DNS over TLS': tcp(853),
  'DNS over QUIC': udp(40_000, 853),
  'port unreachable, quoting a query': error(3, 3, udp(40_000, 53)),
  'port unreachable, quoting a response': error(3, 3, udp(53, 40_000)),
  'port unreachable, quoting a query with IP options': error(3, 3, withOptions),
  'fragmentation needed, quoting TCP': error(3, 4, tcp(53)),
  'ICMPv6 port unreachable': error6(1, udp(40_000, 53, v6)),
  'ICMPv6 packet too big': error6(2, udp(53, 40_000, v6)),
  'a first fragment of DNS': fragmentsOf(udp(53, 40_000, v4, large), 1480)[0]!,
  'a later fragment': fragmentsOf(udp(53, 40_000, v4, large), 1480)[1]!,
  'the last fragment': fragmentsOf(udp(53, 40_000, v4, large), 1480)[2]!,
  'a first fragment over IPv6': fragmentV6(0),
  'a later fragment over IPv6': fragmentV6(1448),
};

const left: Readonly<Record<string, Uint8Array>> = {
  HTTPS: tcp(443),
  'other UDP': udp(40_000, 5000),
  'the first fragment of other UDP': fragmentsOf(udp(40_000, 5000, v4, large), 1480)[0]!,
  'a fragment of TCP': fragmentsOf(tcpPacket({ ...v4, sport: 1, dport: 80, seq: 1, payload: large }), 1480)[1]!,
  'a fragment far behind in a large packet': fragmentsOf(udp(1, 5000, v4, new Uint8Array(20_000)), 1480)[9]!,
  'one over IPv6': fragmentV6(8200),
  'port unreachable about another port': error(3, 3, udp(40_000, 5000)),
  'time exceeded': error(11, 0, udp(40_000, 53)),
  ping: icmpPacket({ ...v4, payload: concat(Uint8Array.of(8, 0, 0, 0, 0, 53, 0, 53), large.subarray(0, 56)) }),
  'ICMPv6 about another port': error6(1, udp(40_000, 5000, v6)),
  'neighbour solicitation': error6(135, udp(40_000, 53, v6)),
};

let folder = '';
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-filter-'));
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function passes(linkType: number, packet: Uint8Array): boolean {
  const file = path.join(folder, 'one.pcap');
  fs.writeFileSync(file, new CaptureBuilder({ linkType }).ip({ timeNs: 0n }, packet).bytes());
  const argv = ['-r', file, '-n', '-t', captureFilter([53, 1053])];
  return execFileSync('tcpdump', argv, { stdio: ['ignore', 'pipe', 'ignore'] }).length > 0;
}

for (const [link, linkType] of [
  ['every interface', LinkType.linuxSll2],
  ['every interface, older tcpdump', LinkType.linuxSll],
  ['one interface', LinkType.ethernet],
] as const) {
  test(`takes what concerns DNS and nothing else: ${link}`, () => {
    assert.deepEqual(
      Object.entries(taken).flatMap(([name, packet]) => (passes(linkType, packet) ? [] : [name])),
      [],
      'left out',
    );
    assert.deepEqual(
      Object.entries(left).flatMap(([name, packet]) => (passes(linkType, packet) ? [name] : [])),
      [],
      'taken though it does not concern DNS',
    );
  });
}

test('sixteen ports still make a program that the kernel takes', () => {
  const ports = Array.from({ length: 16 }, (_, index) => 53 + index);
  const file = path.join(folder, 'none.pcap');
  fs.writeFileSync(file, new CaptureBuilder({ linkType: LinkType.linuxSll2 }).bytes());
  const program = execFileSync('tcpdump', ['-r', file, '-d', captureFilter(ports)], { encoding: 'utf8' });
  const instructions = program.split('\n').filter((line) => line.startsWith('(')).length;
  // Linux: BPF_MAXINSNS.
  assert.ok(instructions > 50 && instructions <= 4096, String(instructions));
});
