import * as l10n from '@vscode/l10n';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { TopologyUpstream } from '../../core/topology/topology.ts';
import type { UpstreamTraffic } from '../../protocol/webview.ts';
import type { CorefileFacts, TreeColor, TreeExtras, TreeNode } from './treeNode.ts';

export function upstreamsNode(parent: string, upstreams: readonly TopologyUpstream[], extras: TreeExtras): TreeNode {
  const id = `${parent}/upstreams`;
  const files = extras.corefiles.resolverFiles;
  return {
    id,
    label: l10n.t('Upstreams'),
    description: String(upstreams.length + files.length),
    tooltip: l10n.t(
      'Where CoreDNS forwards what it does not know itself, from the Corefile; states come from running traces',
    ),
    icon: 'cloud',
    kind: 'upstreams',
    expand: 'open',
    children: () => [
      ...upstreams.map((upstream, index) => upstreamNode(`${id}/${String(index)}`, upstream, extras)),
      ...files.map((file, index) => resolverFileNode(`${id}/file/${String(index)}`, file)),
    ],
  };
}

function upstreamNode(id: string, upstream: TopologyUpstream, extras: TreeExtras): TreeNode {
  const plain = upstream.transport === 'dns';
  const address = `${upstream.address}${plain && upstream.port === 53 ? '' : `:${String(upstream.port)}`}`;
  const traffic = extras.upstreams.find((one) => one.address === upstream.address && one.port === upstream.port);
  const state = upstreamState(traffic);
  const seen =
    traffic === undefined
      ? ''
      : [
          plural(l10n.t('{0} query|{0} queries'), traffic.queries),
          plural(l10n.t('{0} answer|{0} answers'), traffic.answered),
        ].join(', ');
  const look = UPSTREAM_LOOK[state];
  return {
    id,
    label: visibleText(`${plain ? '' : `${upstream.transport}://`}${address}`),
    description: visibleText([look.text, zoneText(upstream.zone)].filter((part) => part !== '').join(' · ')),
    tooltip: visibleText(
      [
        l10n.t('Upstream {0} for {1}', address, zoneText(upstream.zone)),
        upstream.line === undefined ? '' : l10n.t('Corefile line {0}', upstream.line),
        seen === '' ? l10n.t('No trace has seen traffic to it') : seen,
      ]
        .filter((part) => part !== '')
        .join('\n'),
    ),
    icon: look.icon,
    color: look.color,
    kind: 'upstream',
    command: 'dnscope.inspectCorefile',
    copyText: address,
  };
}

function resolverFileNode(id: string, { file, zone, line }: CorefileFacts['resolverFiles'][number]): TreeNode {
  return {
    id,
    label: visibleText(file),
    description: visibleText(l10n.t('{0} · servers of the node', zoneText(zone))),
    tooltip: visibleText(
      l10n.t(
        'CoreDNS takes its upstreams for {0} from {1}, which comes from its node\nCorefile line {2}',
        zoneText(zone),
        file,
        line,
      ),
    ),
    icon: 'file-symlink-file',
    color: 'muted',
    kind: 'upstream',
    command: 'dnscope.inspectCorefile',
    copyText: file,
  };
}

/** The root zone is every name that nothing else takes. */
function zoneText(zone: string): string {
  return zone === '.' ? l10n.t('all other names') : l10n.t('zone {0}', zone);
}

type UpstreamState = 'unseen' | 'answering' | 'partly' | 'silent';
const UPSTREAM_LOOK: Readonly<
  Record<UpstreamState, { readonly text: string; readonly icon: string; readonly color: TreeColor }>
> = {
  unseen: { text: '', icon: 'circle-outline', color: 'muted' },
  answering: { text: l10n.t('answering'), icon: 'pass', color: 'good' },
  partly: { text: l10n.t('silent for some names'), icon: 'warning', color: 'warning' },
  silent: { text: l10n.t('no answers'), icon: 'error', color: 'error' },
};

export function upstreamState(traffic: UpstreamTraffic | undefined): UpstreamState {
  if (traffic === undefined || traffic.answered + traffic.unanswered === 0) return 'unseen';
  if (traffic.unanswered === 0) return 'answering';
  return traffic.answered === 0 ? 'silent' : 'partly';
}
