import { compareVersions } from '../pluginCatalogue.ts';
import { splitTransport } from '../serverKey.ts';
import { type Completion, type LanguageContext, PLAIN } from './completion.ts';
import type { Place } from './place.ts';
import type { StatementTree } from './statements.ts';

const TRANSPORTS: readonly (readonly [string, string, string])[] = [
  ['dns', '1.0.0', 'DNS over UDP and TCP, port 53; the same as without a transport'],
  ['tls', '1.0.0', 'DNS over TLS, port 853; needs the plugin tls'],
  ['grpc', '1.0.0', 'DNS over gRPC, port 443'],
  ['https', '1.1.3', 'DNS over HTTPS, port 443'],
  ['quic', '1.11.0', 'DNS over QUIC, port 853; needs the plugin tls'],
  ['https3', '1.13.2', 'DNS over HTTP/3, port 443; needs the plugin tls'],
];

const ZONES: readonly (readonly [string, string])[] = [
  ['.', 'every name that no other block serves'],
  ['in-addr.arpa', 'reverse names of IPv4 addresses'],
  ['ip6.arpa', 'reverse names of IPv6 addresses'],
];

const TEMPLATES: readonly (readonly [string, string, string])[] = [
  [
    'server block',
    'a zone that is forwarded',
    '${1:example.org} {\n\terrors\n\tcache ${2:30}\n\tforward . ${3:192.0.2.53}\n}',
  ],
  ['(snippet)', 'plugins to import in several blocks', '(${1:common}) {\n\t${0:errors}\n}'],
];

/** Keys of server blocks: transports, zones; whole blocks and `import` where nothing stands on the line yet. */
export function completeKeys(
  tree: StatementTree,
  offset: number,
  place: Place,
  context: LanguageContext,
): readonly Completion[] {
  const { start, end, statement, index, token } = place;
  const text = token?.text ?? '';
  const { rest } = splitTransport(text);
  const items: Completion[] = [];
  // Behind `tls://` only the zone is left to write; behind a colon only a port, which nobody can guess.
  const behind = start + (text.length - rest.length);
  const zoneStart = behind <= offset ? behind : start;
  const zone = { ...PLAIN, start: zoneStart, end };
  if (/[^:]:\d*$/u.test(rest)) return [];
  const used = new Set(
    tree.statements.flatMap(({ role, words }) =>
      role === 'server' ? words.flatMap((word) => (word === token ? [] : word.text.replace(/,$/u, ''))) : [],
    ),
  );
  for (const [label, detail] of ZONES) {
    if (!used.has(label)) items.push({ ...zone, label, kind: 'zone', detail, insert: label, rank: 2 });
  }
  for (const [rank, name] of [...new Set(context.zones?.() ?? [])].slice(0, 500).entries()) {
    const label = withoutDot(name);
    if (used.has(label) || ZONES.some(([known]) => known === label)) continue;
    items.push({ ...zone, label, kind: 'zone', detail: 'zone of the cluster', insert: label, rank: rank < 10 ? 1 : 3 });
  }
  if (zoneStart > start) return items;
  for (const [name, since, detail] of TRANSPORTS) {
    if (compareVersions(context.version, since) < 0) continue;
    const label = `${name}://`;
    items.push({ ...PLAIN, label, kind: 'transport', detail, insert: label, start, end, rank: 4, goesOn: true });
  }
  if (index > 0 || (statement !== undefined && (statement.words.length > 1 || statement.block !== undefined)))
    return items;
  for (const [label, detail, insert] of TEMPLATES)
    items.push({ ...PLAIN, label, kind: 'template', detail, insert, isSnippet: true, start, end, rank: 6 });
  items.push({ ...IMPORT, start, end });
  return items;
}

export const IMPORT: Omit<Completion, 'start' | 'end'> = {
  ...PLAIN,
  label: 'import',
  kind: 'keyword',
  detail: 'SNIPPET|FILE',
  documentation: 'Puts a snippet, or the files that a pattern names, in this place.',
  insert: 'import ',
  rank: 4,
  goesOn: true,
};

/** Zones are mostly written without their final dot; the root is only that. */
export function withoutDot(zone: string): string {
  return zone.length > 1 && zone.endsWith('.') ? zone.slice(0, -1) : zone;
}
