import * as l10n from '@vscode/l10n';
import type { HopMark, HopName } from '../../src/core/view/rows.ts';
import type { HopStripHop } from '../widgets/hopStrip.tsx';
import { formatDuration } from '../widgets/format.ts';

const TITLES: Readonly<Record<HopName, string>> = {
  client: l10n.t('Pod'),
  nodelocal: 'NodeLocal',
  'kube-dns': 'kube-dns',
  coredns: 'CoreDNS',
  upstream: l10n.t('Upstream'),
};

export function stripHops(way: readonly HopMark[]): readonly HopStripHop[] {
  return way.map((mark) => ({
    hop: mark.hop,
    title: TITLES[mark.hop],
    state: mark.state,
    label: mark.label,
    ...(mark.note === undefined ? {} : { note: mark.note }),
    ...(mark.tookNs === undefined ? {} : { took: formatDuration(mark.tookNs) }),
  }));
}
