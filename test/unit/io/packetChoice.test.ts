/** A chosen lookup brings its packets along: over TCP the whole connection, over UDP its messages alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { exported } from '../../support/exportStory.ts';
import { fragmentsOf, icmpError, vxlan } from '../../support/encapsulation.ts';
import {
  CaptureBuilder,
  dnsQuery,
  dnsResponse,
  linkFrame,
  tcpFramed,
  tcpPacket,
  udpPacket,
} from '../../support/packetBuilder.ts';
import { collectPackets } from '../packet/collectPackets.ts';

const CLIENT = { src: '10.0.0.1', dst: '10.0.0.2' };
const SERVER = { src: '10.0.0.2', dst: '10.0.0.1' };

function capture(): Uint8Array {
  const builder = new CaptureBuilder({ linkType: LinkType.linuxSll2, nanos: true });
  let at = 1_763_700_000_000_000_000n;
  const time = (): bigint => (at += 1_000_000n);
  const connection = (sport: number, name: string, id: number): void => {
    const out = { ...CLIENT, sport, dport: 53 };
    const back = { ...SERVER, sport: 53, dport: sport };
    builder.tcp({ ...out, timeNs: time(), seq: 1, flags: 2, payload: new Uint8Array(0) });
    builder.tcp({ ...back, timeNs: time(), seq: 9, flags: 18, payload: new Uint8Array(0) });
    builder.tcp({ ...out, timeNs: time(), seq: 2, flags: 24, payload: tcpFramed(dnsQuery({ id, name })) });
    builder.tcp({ ...back, timeNs: time(), seq: 10, flags: 24, payload: tcpFramed(dnsResponse({ id, name })) });
  };
  connection(40_001, 'wanted.example', 1);
  connection(40_002, 'other.example', 2);
  for (const [id, name] of [
    [3, 'wanted.example'],
    [4, 'other.example'],
  ] as const) {
    const sport = 41_000 + id;
    builder.udp({ ...CLIENT, timeNs: time(), sport, dport: 53, payload: dnsQuery({ id, name }) });
    builder.udp({ ...SERVER, timeNs: time(), sport: 53, dport: sport, payload: dnsResponse({ id, name }) });
  }
  return builder.bytes();
}

test('the connection from its handshake on, and the messages of the same lookups', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.addVantage(0 as VantageId, { name: 'a/b', namespace: 'a', pod: 'b', role: 'client', addresses: ['10.0.0.1'] });
  store.push(0 as VantageId, capture());
  store.endStream(0 as VantageId);
  const all = await exported(store, { format: 'pcapng' });
  const wanted = await exported(store, { format: 'pcapng', filter: 'wanted' });
  store.dispose();
  assert.deepEqual([all.count, wanted.count], [12, 6]);
  const { packets } = collectPackets(wanted.whole);
  const seconds = packets.map((packet) => packet.nanos / 1e6);
  assert.deepEqual(seconds, [1, 2, 3, 4, 9, 10]);
});

test('all fragments of a message, what ICMP said about it, and connections inside an overlay', async () => {
  const builder = new CaptureBuilder({ linkType: LinkType.linuxSll2, nanos: true });
  let at = 1_763_700_000_000_000_000n;
  const add = (packet: Uint8Array): unknown => builder.ip({ timeNs: (at += 2_000_000n) }, packet);
  const inOverlay = (packet: Uint8Array): Uint8Array => vxlan(linkFrame(LinkType.ethernet, packet));
  ['wanted.example', 'other.example'].forEach((name, k) => {
    const up = { ...CLIENT, sport: 41_000 + k, dport: 53 };
    const down = { ...SERVER, sport: 53, dport: 41_000 + k };
    const query = udpPacket({ ...up, payload: dnsQuery({ id: k, name }) });
    const data = Buffer.alloc(200);
    const answers = [1, 2, 3, 4].map(() => ({ type: 'TXT' as const, name, data }));
    add(query);
    for (const part of fragmentsOf(udpPacket({ ...down, payload: dnsResponse({ id: k, name, answers }) }), 400, 9 + k))
      add(part);
    add(icmpError({ src: CLIENT.src, dst: CLIENT.dst, type: 3, code: 3, about: query }));
    add(inOverlay(tcpPacket({ ...up, sport: 42_000 + k, seq: 1, flags: 2, payload: new Uint8Array(0) })));
    add(inOverlay(tcpPacket({ ...up, sport: 42_000 + k, seq: 2, payload: tcpFramed(dnsQuery({ id: 7, name })) })));
  });
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.addVantage(0 as VantageId, { name: 'a/b', namespace: 'a', pod: 'b', role: 'client', addresses: ['10.0.0.1'] });
  store.push(0 as VantageId, builder.bytes());
  store.endStream(0 as VantageId);
  const { whole } = await exported(store, { format: 'pcapng', filter: 'wanted' });
  store.dispose();
  // The query, three fragments, the error, a handshake and a segment: the first seven packets, and none of the others.
  assert.deepEqual(
    collectPackets(whole).packets.map(({ nanos }) => nanos / 2e6),
    [1, 2, 3, 4, 5, 6, 7],
  );
});
