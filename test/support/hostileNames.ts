/** Names that mean harm, and a capture in which everything that can have a name has such a one: what views and exports are tried on. */
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { vantageComment } from '../../src/protocol/sessionFile.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, text } from './packetBuilder.ts';

export interface HostileName {
  readonly what: string;
  /** No dots, at most 63 bytes in UTF-8: also a label. */
  readonly text: string;
}

/** Whatever of it runs says so under this name, on the window. */
export const PWNED = 'pwned';

export const HOSTILE_NAMES: readonly HostileName[] = [
  { what: 'HTML image', text: `<img src=x onerror=${PWNED}=1>` },
  { what: 'HTML script', text: `"><script>${PWNED}=1</script>` },
  { what: 'HTML attribute', text: `' onmouseover='${PWNED}=1` },
  { what: 'HTML entity', text: '&lt;b&gt;&#x202e;&amp;' },
  { what: 'link', text: `javascript:${PWNED}=1` },
  { what: 'ANSI colour', text: 'a\u001b[31mred\u001b[0m' },
  { what: 'ANSI title and C1', text: '\u001b]0;title\u0007\u009b2J' },
  { what: 'bidirectional controls', text: 'evil\u202egnp\u2066exe\u2069' },
  { what: 'zero width', text: 'pay\u200bpal\u00ad\ufeff' },
  { what: 'line breaks', text: 'one\ntwo\r\nthree\u2028four' },
  { what: 'NUL and backspace', text: 'nul\0back\b\u007f' },
  { what: 'Markdown', text: '**b** [x](command:y) ![z](http:) `t` | t' },
  { what: 'Markdown block', text: '# head' },
  { what: 'formula =', text: '=HYPERLINK("x")' },
  { what: 'formula +', text: '+1+cmd|calc' },
  { what: 'formula -', text: '-2' },
  { what: 'formula @', text: '@SUM(1)' },
  { what: 'formula behind a tab', text: '\t=1' },
  { what: 'shell', text: '$(reboot);`id`&&\'"' },
  { what: 'filter', text: '" or failed or name == "' },
  { what: 'filter pattern', text: '*?(none(' },
  { what: 'template', text: '${7*7}{{7*7}}%s%n' },
  { what: 'object key', text: '__proto__' },
  { what: 'long label', text: 'x'.repeat(63) },
  { what: 'wide letters', text: '𒐫﷽Ẑ̵̢̛' },
];

/** 255 bytes on the wire, the most there are. */
export const LONGEST_NAME = ['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.') + `.${'d'.repeat(61)}`;

const VIP = '10.96.0.10';
const EPOCH_NS = 1_763_700_000_000_000_000n;
const COMMENT = 1;

const nth = (index: number): string => HOSTILE_NAMES[index % HOSTILE_NAMES.length]!.text;

/** A lookup for each name, from a pod of that name; some fail, some get no answer from upstream. As a saved session: pcapng with its topology. */
export function hostileCapture(): Uint8Array {
  const clients = HOSTILE_NAMES.map(({ text: name }, index) => ({
    namespace: nth(index + 5),
    name,
    node: nth(index + 7),
    addresses: [`10.244.1.${String(index + 1)}`],
    role: 'workload',
  }));
  const coredns = { namespace: nth(1), name: nth(0), node: nth(2), addresses: ['10.244.0.5'], role: 'coredns' };
  const topology = {
    pods: [...clients, coredns],
    nodes: [{ name: nth(2), addresses: ['192.168.1.10'] }],
    services: [
      { namespace: nth(3), name: nth(11), addresses: [VIP], isDns: true, endpoints: coredns.addresses },
      { namespace: nth(4), name: nth(6), addresses: ['10.224.0.92'], isDns: false, endpoints: [] },
    ],
  };
  const vantage = (pod: typeof coredns, role: 'client' | 'coredns'): readonly (readonly [number, Uint8Array])[] => [
    [COMMENT, text(vantageComment({ ...pod, name: `${pod.namespace}/${pod.name}`, pod: pod.name, role }))],
  ];
  const builder = new CaptureBuilder({
    format: 'pcapng',
    nanos: true,
    linkType: LinkType.linuxSll2,
    sectionComments: [`dnscope:topology:${JSON.stringify(topology)}`],
    interfaceOptions: vantage(clients[0]!, 'client'),
  });
  builder.interface(LinkType.linuxSll2, vantage(coredns, 'coredns'));
  const packets: { readonly at: number; readonly write: () => void }[] = [];
  const add = (
    at: number,
    place: number,
    own: string,
    [src, sport]: readonly [string, number],
    [dst, dport]: readonly [string, number],
    payload: Uint8Array,
  ): void => {
    const timeNs = EPOCH_NS + BigInt(Math.round(at * 1e6));
    const direction = src === own ? 'out' : 'in';
    packets.push({ at, write: () => builder.udpAt(place, { timeNs, src, sport, dst, dport, payload, direction }) });
  };
  [...HOSTILE_NAMES.map(({ text: label }) => `${label}.example.com`), LONGEST_NAME].forEach((name, index) => {
    const client = clients[index % clients.length]!.addresses[0]!;
    const at = index * 100;
    const [id, port] = [100 + index, 40_000 + index];
    const fails = index % 3 === 1;
    const answer = dnsResponse({
      id,
      name,
      ...(fails ? { rcode: 'SERVFAIL' } : { answers: [{ type: 'TXT', name, ttl: 30, data: nth(index) }] }),
    });
    const from = [client, port] as const;
    const pod = ['10.244.0.5', 53] as const;
    if (index % clients.length === 0) {
      add(at, 0, client, from, [VIP, 53], dnsQuery({ id, name }));
      add(at + 4, 0, client, [VIP, 53], from, answer);
    }
    add(at + 0.2, 1, pod[0], from, pod, dnsQuery({ id, name }));
    add(at + 3.8, 1, pod[0], pod, from, answer);
    const asking = ['10.244.0.5', 50_000 + index] as const;
    const upstream = ['10.224.0.92', 53] as const;
    add(at + 0.4, 1, pod[0], asking, upstream, dnsQuery({ id: id + 500, name }));
    if (!fails) add(at + 3, 1, pod[0], upstream, asking, dnsResponse({ id: id + 500, name }));
  });
  for (const { write } of packets.sort((a, b) => a.at - b.at)) write();
  return builder.bytes();
}
