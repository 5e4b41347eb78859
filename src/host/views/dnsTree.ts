import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { ClusterModel } from '../../session/cluster/clusterModel.ts';
import type { UpstreamTraffic } from '../../protocol/webview.ts';
import { ViewId } from '../commands/ids.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import { CaptureDrop } from './captureDrop.ts';
import { clusterTree } from './treeModel.ts';
import { type CorefileFacts, problemNode, type TreeColor, type TreeNode } from './treeNode.ts';

/** What the tree takes from the running traces and the Corefile check. */
export interface TreeSources {
  readonly onDidChange: readonly Event<unknown>[];
  /** `namespace/pod` watched in that context. */
  tracing(context: string): ReadonlySet<string>;
  upstreams(context: string): readonly UpstreamTraffic[];
  /** `undefined` for the moment in which what checks them is loaded. */
  corefileFacts(model: ClusterModel): CorefileFacts | undefined;
}

const REFRESH_MS = 200;
const COLORS: Readonly<Record<TreeColor, string>> = {
  good: 'testing.iconPassed',
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
  muted: 'descriptionForeground',
  active: 'charts.blue',
};

/** The tree in the Activity Bar. Connects when it is first looked at; refreshes when a watch tells something, never by a timer of its own. */
export class DnsTree extends Disposable implements vscode.TreeDataProvider<TreeNode> {
  readonly #connection: ClusterConnection;
  readonly #sources: TreeSources;
  readonly #changed = this._register(new vscode.EventEmitter<TreeNode | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<TreeNode>;
  #following: { readonly model: unknown; readonly stop: { dispose(): void } } | undefined;
  #refresh: NodeJS.Timeout | undefined;

  constructor(connection: ClusterConnection, sources: TreeSources) {
    super();
    this.#connection = connection;
    this.#sources = sources;
    this._register(connection.onDidChange(() => this.#onConnection()));
    for (const event of sources.onDidChange) this._register(event(() => this.#refreshSoon()));
    this.#view = this._register(
      vscode.window.createTreeView(ViewId.tree, {
        treeDataProvider: this,
        showCollapseAll: true,
        dragAndDropController: new CaptureDrop(),
      }),
    );
    this._register({
      dispose: () => {
        clearTimeout(this.#refresh);
        this.#following?.stop.dispose();
      },
    });
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const states = {
      open: vscode.TreeItemCollapsibleState.Expanded,
      closed: vscode.TreeItemCollapsibleState.Collapsed,
    };
    const item = new vscode.TreeItem(
      node.label,
      node.expand === undefined ? vscode.TreeItemCollapsibleState.None : states[node.expand],
    );
    item.id = node.id;
    item.description = node.description ?? false;
    // A plain string: VS Code shows it as text, so nothing from the cluster becomes a link.
    item.tooltip = node.tooltip;
    item.iconPath = new vscode.ThemeIcon(
      node.icon,
      node.color === undefined ? undefined : new vscode.ThemeColor(COLORS[node.color]),
    );
    item.contextValue = node.kind;
    item.accessibilityInformation = { label: [node.label, node.spoken ?? '', node.description ?? ''].join(' ').trim() };
    if (node.command !== undefined) item.command = { command: node.command, title: '', arguments: [node] };
    return item;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node === undefined ? this.#roots() : (node.children?.() ?? []))];
  }

  #roots(): readonly TreeNode[] {
    const { state } = this.#connection;
    switch (state.kind) {
      case 'idle':
        this.#connection.connect();
        return [];
      case 'connecting':
        return [
          note(
            'connecting',
            state.context === undefined ? l10n.t('Reading kubeconfig…') : l10n.t('Connecting to {0}…', state.context),
          ),
        ];
      case 'none':
        return state.problems.map((problem, index) => problemNode(`none/${String(index)}`, problem));
      case 'failed':
        return [problemNode('failed', state.problem)];
      case 'open': {
        const { view } = state.lease.model;
        return clusterTree(view, {
          tracing: this.#sources.tracing(state.context),
          upstreams: this.#sources.upstreams(state.context),
          corefiles: this.#sources.corefileFacts(state.lease.model) ?? { parts: [], resolverFiles: [] },
          nowMs: Date.now(),
        });
      }
    }
  }

  #onConnection(): void {
    const { state } = this.#connection;
    const model = state.kind === 'open' ? state.lease.model : undefined;
    if (this.#following?.model !== model) {
      this.#following?.stop.dispose();
      this.#following = model === undefined ? undefined : { model, stop: model.onDidChange(() => this.#refreshSoon()) };
    }
    this.#view.description = state.kind === 'open' ? state.context : '';
    this.#refreshSoon();
  }

  /** Many changes, one refresh: a busy cluster must not keep the tree repainting. */
  #refreshSoon(): void {
    this.#refresh ??= setTimeout(() => {
      this.#refresh = undefined;
      if (!this.isDisposed) this.#changed.fire(undefined);
    }, REFRESH_MS);
  }
}

function note(id: string, label: string): TreeNode {
  return { id, label, tooltip: label, icon: 'loading~spin', kind: 'note' };
}
