/**
 * One query on its way through a node, as a source sees it that knows network namespaces and processes: in the pod, on the node before and
 * after the Service's address is translated, in CoreDNS. One place says nothing of either, as plain captures do.
 */
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { processComment } from '../../src/core/trace/processComment.ts';
import type { Process } from '../../src/core/trace/processes.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import type { Vantage } from '../../src/core/trace/vantage.ts';
import { COMMENT, interfaceBlock, packetBlock, sectionHeader } from '../../src/io/pcapngBlocks.ts';
import { parseVantageComment, vantageComment } from '../../src/protocol/sessionFile.ts';
import { concat, dnsQuery, dnsResponse, linkFrame, udpPacket } from './packetBuilder.ts';
import { COREDNS, EPOCH_NS, POD, VIP } from './story.ts';

export const CURL: Process = { pid: 4711, tid: 4712, command: 'curl', path: '/usr/bin/curl', uid: 1000, user: 'app' };
export const HOST_NETNS = 4_026_532_220;
export const POD_NETNS = 4_026_532_611;

const PLACES: readonly Vantage[] = [
  {
    name: 'shop/order-service',
    role: 'client',
    namespace: 'shop',
    pod: 'order-service',
    node: 'worker-1',
    netns: POD_NETNS,
    addresses: [POD],
  },
  { name: 'worker-1', role: 'node', node: 'worker-1', netns: HOST_NETNS, addresses: [] },
  { name: 'kube-system/coredns-1', role: 'coredns', namespace: 'kube-system', pod: 'coredns-1', addresses: [COREDNS] },
];

/** The capture, as pcapng. `process` is said to be behind the pod's packets. */
export function nodeCapture(process: Process = CURL): Uint8Array {
  const parts = [
    sectionHeader([]),
    ...PLACES.map((vantage) => interfaceBlock(LinkType.linuxSll2, [[COMMENT, vantageComment(vantage)]])),
  ];
  const packet = (
    at: number,
    place: number,
    way: readonly [string, number, string, number],
    payload: Uint8Array,
  ): void => {
    const [src, sport, dst, dport] = way;
    const direction = PLACES[place]!.addresses.includes(src) ? 'out' : 'in';
    const frame = linkFrame(LinkType.linuxSll2, udpPacket({ src, sport, dst, dport, payload }), { direction });
    const said = place === 0 ? processComment(process) : undefined;
    parts.push(packetBlock(place, EPOCH_NS + BigInt(Math.round(at * 1e6)), frame, frame.length, said));
  };
  for (const [index, name] of ['www.example.com', 'api.example.com'].entries()) {
    const [id, port, at] = [0x2c39 + index, 40_000 + index, index * 100];
    const query = dnsQuery({ id, name });
    const answer = dnsResponse({ id, name, answers: [{ type: 'A', name, ttl: 30, data: '192.0.2.1' }] });
    packet(at, 0, [POD, port, VIP, 53], query);
    packet(at + 0.05, 1, [POD, port, VIP, 53], query);
    packet(at + 0.1, 1, [POD, port, COREDNS, 53], query);
    packet(at + 0.15, 2, [POD, port, COREDNS, 53], query);
    packet(at + 1.15, 2, [COREDNS, 53, POD, port], answer);
    packet(at + 1.2, 1, [COREDNS, 53, POD, port], answer);
    packet(at + 1.25, 1, [VIP, 53, POD, port], answer);
    packet(at + 1.3, 0, [VIP, 53, POD, port], answer);
  }
  return concat(...parts);
}

export function engineOf(bytes: Uint8Array): TraceEngine {
  const engine = new TraceEngine();
  const vantageOf = ({ comments, index }: { readonly comments?: readonly string[]; readonly index: number }): Vantage =>
    parseVantageComment(comments) ?? { name: `interface ${String(index)}`, role: 'unknown', addresses: [] };
  const stream = engine.openFile(vantageOf, (offset, length) => bytes.slice(offset, offset + length));
  stream.push(bytes);
  stream.end();
  engine.finish();
  return engine;
}
