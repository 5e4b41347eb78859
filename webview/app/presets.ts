import type { UpstreamTraffic } from '../../src/protocol/webview.ts';
import { formatPlural } from '../widgets/format.ts';

export interface Preset {
  /** Of the filter language (docs/filter.md). */
  readonly value: string;
  readonly label: string;
}

/** Filters in the user's words; the first ones are the steps in which a DNS problem is looked into. */
const FIXED: readonly Preset[] = [
  { value: '', label: 'All lookups' },
  { value: 'rcode != NOERROR', label: 'Unsuccessful responses' },
  { value: 'slow', label: 'Slow' },
  { value: 'upstream in (0.0.0.0/0, ::/0)', label: 'Upstream health' },
  { value: 'unanswered', label: 'Unanswered' },
  { value: 'finding:answers-not-endpoints', label: 'Answers ≠ endpoints' },
  { value: 'failed', label: 'Failed' },
  { value: 'error', label: 'Server failure' },
  { value: 'nxdomain', label: 'Name not found' },
  { value: 'nodata', label: 'No records' },
  { value: 'pending', label: 'Still waiting' },
];

const MOST_UPSTREAMS = 5;

/** The busiest upstreams stand behind "Upstream health", which is of all of them. */
export function presetsFor(upstreams: readonly UpstreamTraffic[] = []): readonly Preset[] {
  const each = upstreams.slice(0, MOST_UPSTREAMS).map(({ address, unanswered }) => ({
    value: `upstream == ${address}`,
    label: `Upstream ${address}${unanswered === 0 ? '' : `, ${formatPlural(unanswered, 'query', 'queries')} unanswered`}`,
  }));
  // One address may be asked on several ports.
  const distinct = [...new Map(each.map((preset) => [preset.value, preset])).values()];
  return FIXED.flatMap((preset) => (preset.label === 'Upstream health' ? [preset, ...distinct] : [preset]));
}
