import * as l10n from '@vscode/l10n';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Disposable, type DisposableLike, disposeAll } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Problem, ProblemError, toProblem } from '../../base/problem.ts';
import type { KubeConfigSource, KubeContext } from '../../session/ports.ts';
import { ContextKey } from '../commands/ids.ts';
import type { Settings } from '../settings/settings.ts';
import type { ClusterLease, ClusterLeases } from './clusterLeases.ts';
import { kubeconfigPaths, watchedPaths } from './kubeconfigPaths.ts';

export interface Contexts {
  readonly contexts: readonly KubeContext[];
  readonly current?: string;
  readonly problems: readonly Problem[];
}

/** What the tree stands on. `idle` until somebody looks. */
export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly context?: string }
  /** No context in any kubeconfig. */
  | { readonly kind: 'none'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly context?: string; readonly problem: Problem }
  | { readonly kind: 'open'; readonly context: string; readonly lease: ClusterLease };

export interface ConnectionOptions {
  readonly openSource: (paths: readonly string[] | undefined) => KubeConfigSource;
  readonly leases: ClusterLeases;
  readonly settings: Settings;
  /** Remembers the chosen context for this workspace. */
  readonly memory: vscode.Memento;
}

const CHOSEN = 'dnscope.context';

/** The cluster that the tree shows: the chosen context, else the kubeconfig's current one. Nothing loads before `connect`. */
export class ClusterConnection extends Disposable {
  readonly #options: ConnectionOptions;
  readonly #changed = this._register(new Emitter<void>());
  readonly onDidChange: Event<void> = this.#changed.event;
  #state: ConnectionState = { kind: 'idle' };
  #source: KubeConfigSource | undefined;
  #watchers: DisposableLike[] = [];
  #attempt = 0;
  #kubeconfigSetting: string | undefined;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#kubeconfigSetting = options.settings.kubeconfig;
    this._register(options.settings.onDidChange(() => this.#onSettings()));
    this._register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.reload()));
    this._register({ dispose: () => this.#drop() });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects when nothing did yet; safe to call often. */
  connect(): void {
    if (this.#state.kind === 'idle') void this.#connect();
  }

  /** Reads the kubeconfig again and connects anew; running traces keep their own connection. */
  reload(): void {
    this.#drop();
    this.#options.leases.forget();
    void this.#connect();
  }

  /** @throws ProblemError `untrusted-workspace`, or what the kubeconfig says */
  async contexts(): Promise<Contexts> {
    return this.#sourceOrThrow().contexts();
  }

  /** A lease on any context, for a trace or a document. @throws ProblemError */
  acquire(context: string): Promise<ClusterLease> {
    return this.#options.leases.acquire(this.#sourceOrThrow(), context);
  }

  /** The context that a command without a target means. @throws ProblemError `no-context` */
  async currentContext(): Promise<string> {
    if (this.#state.kind === 'open') return this.#state.context;
    const context = choose(await this.contexts(), this.#options.memory.get(CHOSEN));
    if (context !== undefined) return context;
    throw new ProblemError(noContext());
  }

  async select(context: string): Promise<void> {
    await this.#options.memory.update(CHOSEN, context);
    this.#drop();
    await this.#connect();
  }

  #sourceOrThrow(): KubeConfigSource {
    if (!vscode.workspace.isTrusted) {
      throw new ProblemError({
        code: 'untrusted-workspace',
        detail: l10n.t('Clusters are off in this untrusted workspace, because a kubeconfig can run programs'),
        recover: l10n.t('Trust the workspace to use them; capture files and Corefiles open without'),
      });
    }
    if (this.#source === undefined) {
      const places = { home: os.homedir(), environment: process.env };
      const paths = kubeconfigPaths(this.#options.settings.kubeconfig, kubernetesExtensionPath(), places);
      this.#source = this.#options.openSource(paths);
      this.#watch(watchedPaths(paths, places));
    }
    return this.#source;
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    let context: string | undefined;
    this.#set({ kind: 'connecting' });
    try {
      const known = await this.contexts();
      if (attempt !== this.#attempt) return;
      context = choose(known, this.#options.memory.get(CHOSEN));
      if (context === undefined) return this.#set({ kind: 'none', problems: this.#worthTelling(known.problems) });
      this.#set({ kind: 'connecting', context });
      const lease = await this.acquire(context);
      if (attempt !== this.#attempt || this.isDisposed) return lease.dispose();
      this.#set({ kind: 'open', context, lease });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      const problem = toProblem(error, 'cluster-unreachable');
      if (problem.code === 'untrusted-workspace') this.#set({ kind: 'none', problems: [] });
      else this.#set({ kind: 'failed', problem, ...(context === undefined ? {} : { context }) });
    }
  }

  /** That there is no kubeconfig is no fault unless one was chosen here: the welcome view says what to do. */
  #worthTelling(problems: readonly Problem[]): readonly Problem[] {
    const chosen = this.#options.settings.kubeconfig !== undefined;
    return problems.filter((problem) => chosen || problem.code !== 'kubeconfig-not-found');
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    void vscode.commands.executeCommand('setContext', ContextKey.cluster, state.kind);
    if (!this.isDisposed) this.#changed.fire();
  }

  #drop(): void {
    this.#attempt++;
    if (this.#state.kind === 'open') this.#state.lease.dispose();
    this.#state = { kind: 'idle' };
    this.#source = undefined;
    disposeAll(this.#watchers.splice(0));
  }

  #watch(paths: readonly string[]): void {
    for (const one of paths) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(path.dirname(one)), path.basename(one));
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const again = (): void => {
        if (this.#state.kind !== 'idle') this.reload();
      };
      this.#watchers.push(watcher, watcher.onDidChange(again), watcher.onDidCreate(again), watcher.onDidDelete(again));
    }
  }

  #onSettings(): void {
    const now = this.#options.settings.kubeconfig;
    if (now === this.#kubeconfigSetting) return;
    this.#kubeconfigSetting = now;
    if (this.#state.kind === 'idle') this.#drop();
    else this.reload();
  }
}

export function noContext(): Problem {
  return {
    code: 'no-context',
    detail: l10n.t('No Kubernetes context was found'),
    recover: l10n.t('Choose a kubeconfig, or open a capture file'),
  };
}

function choose(known: Contexts, remembered: unknown): string | undefined {
  if (known.contexts.some((context) => context.name === remembered)) return remembered as string;
  return known.contexts.find((context) => context.name === known.current)?.name ?? known.contexts[0]?.name;
}

// Its settings are one object with dotted keys, so a flat `get` misses them.
function kubernetesExtensionPath(): string | undefined {
  const settings: unknown = vscode.workspace.getConfiguration().get('vs-kubernetes');
  if (typeof settings !== 'object' || settings === null) return undefined;
  const value: unknown = (settings as Record<string, unknown>)['vs-kubernetes.kubeconfig'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
