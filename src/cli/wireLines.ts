/** Lines of a report about packets beside plain messages; none when there was nothing of the kind. */
import { plural } from '../core/findings/findingRule.ts';
import type { WireSummary } from '../core/analysis/wireSummary.ts';

const MOST_LINES = 5;

export function wireLines(wire: WireSummary): readonly string[] {
  const encrypted = wire.opaqueFlows.map(
    ({ address, port, flows, packetsFromServer }) =>
      `  encrypted, cannot be read: ${address} port ${String(port)}, ${plural(flows, 'connection')}${packetsFromServer === 0 ? ', nothing came back' : ''}`,
  );
  const errors = wire.icmpErrors.map(
    ({ address, port, proto, kind, about, count }) =>
      `  ICMP: ${kind.replaceAll('-', ' ')}, ${plural(count, 'time')}, about ${about === 'query' ? 'queries to' : 'responses of'} ${address} port ${String(port)} (${proto})`,
  );
  const found = wire.foundServers.map(({ address, port }) => `  speaks DNS too: ${address} port ${String(port)}`);
  const fragments =
    wire.incompleteFragments === 0
      ? []
      : [`  ${plural(wire.incompleteFragments, 'DNS message')} in fragments, not all of which were captured`];
  return [...fragments, ...[errors, encrypted, found].flatMap((lines) => lines.slice(0, MOST_LINES))];
}
