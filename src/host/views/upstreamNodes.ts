import { visibleText } from '../../base/visibleText.ts';
import type { TopologyUpstream } from '../../core/topology/topology.ts';
import type { UpstreamTraffic } from '../../protocol/webview.ts';
import { type CorefileFacts, plural, type TreeColor, type TreeExtras, type TreeNode } from './treeNode.ts';

export function upstreamsNode(parent: string, upstreams: readonly TopologyUpstream[], extras: TreeExtras): TreeNode {
  const id = `${parent}/upstreams`;
  const files = extras.corefiles.resolverFiles;
  return {
    id,
    label: 'Upstreams',
    description: String(upstreams.length + files.length),
    tooltip: 'Where CoreDNS forwards what it does not know itself, from the Corefile; states come from running traces',
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
      : `${plural(traffic.queries, 'query', 'queries')}, ${plural(traffic.answered, 'answer')}`;
  const look = UPSTREAM_LOOK[state];
  return {
    id,
    label: visibleText(`${plain ? '' : `${upstream.transport}://`}${address}`),
    description: visibleText([look.text, zoneText(upstream.zone)].filter((part) => part !== '').join(' · ')),
    tooltip: visibleText(
      [
        `Upstream ${address} for ${zoneText(upstream.zone)}`,
        upstream.line === undefined ? '' : `Corefile line ${String(upstream.line)}`,
        seen === '' ? 'No trace has seen traffic to it' : seen,
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
    description: visibleText(`${zoneText(zone)} · servers of the node`),
    tooltip: visibleText(
      `CoreDNS takes its upstreams for ${zoneText(zone)} from ${file}, which comes from its node\nCorefile line ${String(line)}`,
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
  return zone === '.' ? 'all other names' : `zone ${zone}`;
}

type UpstreamState = 'unseen' | 'answering' | 'partly' | 'silent';
const UPSTREAM_LOOK: Readonly<
  Record<UpstreamState, { readonly text: string; readonly icon: string; readonly color: TreeColor }>
> = {
  unseen: { text: '', icon: 'circle-outline', color: 'muted' },
  answering: { text: 'answering', icon: 'pass', color: 'good' },
  partly: { text: 'silent for some names', icon: 'warning', color: 'warning' },
  silent: { text: 'no answers', icon: 'error', color: 'error' },
};

export function upstreamState(traffic: UpstreamTraffic | undefined): UpstreamState {
  if (traffic === undefined || traffic.answered + traffic.unanswered === 0) return 'unseen';
  if (traffic.unanswered === 0) return 'answering';
  return traffic.answered === 0 ? 'silent' : 'partly';
}
