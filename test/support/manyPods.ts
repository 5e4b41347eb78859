/**
 * A capture of a large cluster in CoreDNS's pods, and in one application's: 500 pods of 77 workloads in 14 namespaces, 4 CoreDNS pods, 20
 * upstreams. One upstream is silent, one CoreDNS pod fails now and then. Nothing in it is by chance.
 */
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { vantageComment } from '../../src/protocol/sessionFile.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, text } from './packetBuilder.ts';

const NAMESPACES = 14;
const PODS = 500;
const VIP = '10.96.0.10';
const EPOCH_NS = 1_763_700_000_000_000_000n;
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const COMMENT = 1;

const letters = (seed: number, count: number): string =>
  Array.from({ length: count }, (_, at) => ALPHABET[(seed * (at + 7) * 31 + at * 5) % ALPHABET.length]).join('');
const podAddress = (index: number): string => `10.244.${String(2 + (index >> 7))}.${String(1 + (index & 127))}`;
const coreDnsAddress = (index: number): string => `10.244.0.${String(5 + index)}`;
const upstreamAddress = (index: number): string => `10.224.0.${String(90 + index)}`;

function podOf(index: number): {
  readonly namespace: string;
  readonly name: string;
  readonly addresses: readonly string[];
} {
  const namespace = index % NAMESPACES;
  const workload = `${['web', 'api', 'worker', 'cache', 'cron', 'mail'][index % 6]!}-${['blue', 'green'][(index >> 3) % 2]!}`;
  const name = `${workload}-${letters(namespace + (index % 12) + 1, 9)}-${letters(index + 1, 5)}`;
  return { namespace: `team-${String.fromCharCode(97 + namespace)}`, name, addresses: [podAddress(index)] };
}

export function manyPods(): Uint8Array {
  const pods = Array.from({ length: PODS }, (_, index) => podOf(index));
  const coredns = [0, 1, 2, 3].map((index) => ({
    namespace: 'kube-system',
    name: `coredns-5d78c9869d-${letters(index + 3, 5)}`,
    addresses: [coreDnsAddress(index)],
    role: 'coredns',
  }));
  const topology = {
    pods: [...pods, ...coredns],
    services: [
      { namespace: 'kube-system', name: 'kube-dns', addresses: [VIP], isDns: true, endpoints: [coreDnsAddress(0)] },
    ],
  };
  const interfaceOptions = (
    vantage: Parameters<typeof vantageComment>[0],
  ): readonly (readonly [number, Uint8Array])[] => [[COMMENT, text(vantageComment(vantage))]];
  const [first] = pods;
  const builder = new CaptureBuilder({
    format: 'pcapng',
    nanos: true,
    linkType: LinkType.linuxSll2,
    sectionComments: [`dnscope:topology:${JSON.stringify(topology)}`],
    interfaceOptions: interfaceOptions({
      ...first!,
      name: `${first!.namespace}/${first!.name}`,
      pod: first!.name,
      role: 'client',
    }),
  });
  for (const pod of coredns)
    builder.interface(
      LinkType.linuxSll2,
      interfaceOptions({ ...pod, name: `${pod.namespace}/${pod.name}`, pod: pod.name, role: 'coredns' }),
    );
  const queries = Array.from({ length: PODS * 2 }, (_, index) => queryOf(index));
  for (const packet of queries.flat().sort((a, b) => Number(a.timeNs - b.timeNs)))
    builder.udpAt(packet.vantage, packet);
  return builder.bytes();
}

type Packet = Parameters<CaptureBuilder['udp']>[0] & { readonly vantage: number };

/** One lookup and all its packets. The first pod's are seen where it runs, those of the others at CoreDNS alone. */
function queryOf(index: number): readonly Packet[] {
  const pod = index % PODS;
  const server = index % 4;
  const isCluster = index % 3 !== 0;
  const name = isCluster
    ? `api.team-${String.fromCharCode(97 + (index % NAMESPACES))}.svc.cluster.local`
    : `host-${String(index % 40)}.example.com`;
  const upstream = (index >> 1) % 20;
  const isSilent = !isCluster && upstream === 7;
  const isRefused = isCluster && server === 2 && index % 5 === 0;
  const startNs = EPOCH_NS + BigInt(index) * 7_000_000n;
  const at = (ms: number): bigint => startNs + BigInt(Math.round(ms * 1e6));
  const id = 1 + (index % 60_000);
  const client = podAddress(pod);
  const port = 32_000 + (index % 20_000);
  const question = dnsQuery({ id, name });
  const answer = dnsResponse({
    id,
    name,
    ...(isSilent || isRefused ? { rcode: 'SERVFAIL' } : {}),
    answers: isSilent || isRefused ? [] : [{ type: 'A', name, ttl: 30, data: '192.0.2.1' }],
  });
  const took = isSilent ? 2000 : isCluster ? 1 : 4 + (index % 9);
  const packets: Packet[] = [];
  const pair = (
    vantage: number,
    own: string,
    from: number,
    until: number,
    src: string,
    sport: number,
    dst: string,
    payload: Uint8Array,
    back?: Uint8Array,
  ): void => {
    const isOut = own === src;
    packets.push({ vantage, timeNs: at(from), src, sport, dst, dport: 53, payload, direction: isOut ? 'out' : 'in' });
    if (back !== undefined)
      packets.push({
        vantage,
        timeNs: at(until),
        src: dst,
        sport: 53,
        dst: src,
        dport: sport,
        payload: back,
        direction: isOut ? 'in' : 'out',
      });
  };
  if (pod === 0) pair(0, client, 0, took + 0.4, client, port, VIP, question, answer);
  pair(1 + server, coreDnsAddress(server), 0.1, took + 0.2, client, port, coreDnsAddress(server), question, answer);
  if (!isCluster) {
    const own = { id: id + 3, name };
    const reply = dnsResponse({ ...own, answers: [{ type: 'A', name, ttl: 30, data: '192.0.2.1' }] });
    pair(
      1 + server,
      coreDnsAddress(server),
      0.2,
      took,
      coreDnsAddress(server),
      50_000 + (index % 9000),
      upstreamAddress(upstream),
      dnsQuery(own),
      isSilent ? undefined : reply,
    );
  }
  return packets;
}
