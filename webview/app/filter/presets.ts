import * as l10n from '@vscode/l10n';
import type { UpstreamTraffic } from '../../../src/protocol/webview.ts';
import { formatPlural } from '../../widgets/format.ts';

export interface Preset {
  /** Of the filter language (docs/filter.md). */
  readonly value: string;
  readonly label: string;
}

const ANY_UPSTREAM = 'upstream in (0.0.0.0/0, ::/0)';

/** Filters in the user's words; the first ones are the steps in which a DNS problem is looked into. */
const FIXED: readonly Preset[] = [
  { value: '', label: l10n.t('All lookups') },
  { value: 'rcode != NOERROR', label: l10n.t('Unsuccessful responses') },
  { value: 'slow', label: l10n.t('Slow') },
  { value: ANY_UPSTREAM, label: l10n.t('Upstream health') },
  { value: 'unanswered', label: l10n.t('Unanswered') },
  { value: 'finding:answers-not-endpoints', label: l10n.t('Answers ≠ endpoints') },
  { value: 'failed', label: l10n.t('Failed') },
  { value: 'error', label: l10n.t('Server failure') },
  { value: 'nxdomain', label: l10n.t('Name not found') },
  { value: 'nodata', label: l10n.t('No records') },
  { value: 'pending', label: l10n.t('Still waiting') },
];

const MOST_UPSTREAMS = 5;

/** The busiest upstreams stand behind "Upstream health", which is of all of them. */
export function presetsFor(upstreams: readonly UpstreamTraffic[] = []): readonly Preset[] {
  const each = upstreams.slice(0, MOST_UPSTREAMS).map(({ address, unanswered }) => ({
    value: `upstream == ${address}`,
    label:
      unanswered === 0
        ? l10n.t('Upstream {0}', address)
        : formatPlural(
            unanswered,
            l10n.t('Upstream {1}, {0} query unanswered|Upstream {1}, {0} queries unanswered'),
            address,
          ),
  }));
  // One address may be asked on several ports.
  const distinct = [...new Map(each.map((preset) => [preset.value, preset])).values()];
  return FIXED.flatMap((preset) => (preset.value === ANY_UPSTREAM ? [preset, ...distinct] : [preset]));
}
