import type { Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { UpstreamTraffic } from '../../protocol/webview.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import type { CommandId } from '../commands/ids.ts';

export type TreeColor = 'good' | 'warning' | 'error' | 'muted' | 'active';

export interface TreeNode {
  /** Stable over refreshes, so that what is expanded stays expanded. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip: string;
  /** What the mark says, for screen readers. */
  readonly spoken?: string;
  /** Codicon. */
  readonly icon: string;
  readonly color?: TreeColor;
  /** What `when` clauses of the manifest see as viewItem. */
  readonly kind: TreeKind;
  readonly expand?: 'open' | 'closed';
  readonly children?: () => readonly TreeNode[];
  /** Runs on click. */
  readonly command?: CommandId;
  readonly copyText?: string;
  /** Set on pods; see commands/ids.ts. */
  readonly namespace?: string;
  readonly pod?: string;
  /** Set on Corefiles. */
  readonly place?: CorefilePlace;
}

export type TreeKind =
  | 'cluster'
  | 'coredns'
  | 'service'
  | 'dnsPod'
  | 'dnsPod.tracing'
  | 'corefile'
  | 'upstreams'
  | 'upstream'
  | 'namespaces'
  | 'namespace'
  | 'pod'
  | 'pod.tracing'
  | 'pod.notRunning'
  | 'problem'
  | 'note';

/** What a check of the cluster's Corefiles found. */
export interface CorefileFacts {
  /** Everything CoreDNS and NodeLocal read as a Corefile, the main one first where there is one. */
  readonly parts: readonly CorefilePartFacts[];
  /** Files that CoreDNS takes its upstreams from. */
  readonly resolverFiles: readonly { readonly file: string; readonly zone: string; readonly line: number }[];
}

export interface CorefilePartFacts {
  readonly place: CorefilePlace;
  readonly isMain: boolean;
  readonly errors: number;
  readonly warnings: number;
}

/** What the tree shows beside the cluster's own state. */
export interface TreeExtras {
  /** `namespace/pod` of every pod watched by a running trace. */
  readonly tracing: ReadonlySet<string>;
  /** Of the running traces in this context. */
  readonly upstreams: readonly UpstreamTraffic[];
  readonly corefiles: CorefileFacts;
  /** Epoch milliseconds, for ages. */
  readonly nowMs: number;
}

/** An error is a place in the tree that says what to do, not a message that goes away. */
export function problemNode(id: string, problem: Problem): TreeNode {
  return {
    id,
    label: visibleText(problem.detail),
    ...(problem.recover === undefined ? {} : { description: visibleText(problem.recover) }),
    tooltip: visibleText(problem.recover === undefined ? problem.detail : `${problem.detail}.\n${problem.recover}.`),
    icon: problem.code === 'forbidden' ? 'lock' : 'error',
    color: problem.code === 'forbidden' ? 'muted' : 'error',
    kind: 'problem',
    copyText: problem.recover === undefined ? problem.detail : `${problem.detail}. ${problem.recover}`,
  };
}
