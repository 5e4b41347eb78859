import { type Transport, parseServerKey } from '../serverKey.ts';
import { withoutDot } from './completeKeys.ts';

const TRANSPORT: Readonly<Record<Transport, string>> = {
  dns: 'DNS over UDP and TCP',
  tls: 'DNS over TLS',
  quic: 'DNS over QUIC',
  grpc: 'DNS over gRPC',
  https: 'DNS over HTTPS',
  https3: 'DNS over HTTP/3',
  unix: 'a Unix socket, which CoreDNS can’t serve',
};

/** What a server key stands for: zones, transport, port. */
export function describeKey(text: string): { readonly heading: string; readonly paragraphs: readonly string[] } {
  const result = parseServerKey(text);
  if (!result.ok)
    return { heading: '', paragraphs: ['CoreDNS refuses this key: it names no zone that can be served.'] };
  const { transport, zones, port, explicitPort, reverse } = result.key;
  const shown = zones.slice(0, 16);
  const more = zones.length > shown.length ? ` and ${zones.length - shown.length} more` : '';
  const zone = zones[0] === '.' && zones.length === 1 ? 'Every name that no other block serves.' : undefined;
  const served = reverse
    ? `Reverse names of ${text.replace(/^\w+:\/\//u, '')}: ${shown.map(withoutDot).join(', ')}${more}.`
    : (zone ?? `Names in the zone ${shown.map(withoutDot).join(', ')}.`);
  const why = explicitPort ? '' : ', the default';
  return { heading: '', paragraphs: [served, `Served by ${TRANSPORT[transport]} on port ${port}${why}.`] };
}
