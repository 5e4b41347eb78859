/**
 * One trace in one webview. The panel asks, the trace's store answers; actions go to the shell. Nothing that comes from
 * the webview is used before `asPanelMessage` has checked it. A snapshot is the whole state beside the rows, so a hidden
 * panel misses nothing: the newest one is sent when it shows again.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import {
  asPanelMessage,
  asJson,
  type HostToPanel,
  type PanelAction,
  type PanelPush,
  type PanelRequest,
  type Reply,
  type ReplyMap,
  type TraceSnapshot,
} from '../../protocol/webview.ts';
import type { TraceQuery } from '../../session/trace/traceStore.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import { displayLanguage, translations } from '../displayLanguage.ts';
import { panelHtml } from './panelHtml.ts';
import type { Log } from '../log.ts';

export type RunAction = (action: PanelAction, trace: OpenTrace) => Promise<boolean>;

export interface TracePanelOptions {
  readonly panel: vscode.WebviewPanel;
  readonly trace: OpenTrace;
  readonly extensionUri: vscode.Uri;
  readonly runAction: RunAction;
  readonly log: Log;
}

export class TracePanel extends Disposable {
  readonly trace: OpenTrace;
  readonly #panel: vscode.WebviewPanel;
  readonly #options: TracePanelOptions;
  readonly #closed = this._register(new Emitter<void>());
  readonly #activated = this._register(new Emitter<void>());
  readonly onDidClose: Event<void> = this.#closed.event;
  readonly onDidActivate: Event<void> = this.#activated.event;
  /** The webview's script has asked for its state: from then on pushes make sense. */
  #ready = false;
  #unsent: TraceSnapshot | undefined;
  #filterWhenReady: string | undefined;

  constructor(options: TracePanelOptions) {
    super();
    this.#options = options;
    this.#panel = options.panel;
    this.trace = options.trace;
    const { webview } = this.#panel;
    this._register(this.#panel.onDidDispose(() => this.#onClosed()));
    this._register(this.#panel.onDidChangeViewState(() => this.#onViewState()));
    this._register(webview.onDidReceiveMessage((message: unknown) => void this.#onMessage(message)));
    this._register(this.trace.store.onDidChange((snapshot) => this.#pushSnapshot(snapshot)));
    this._register(this.trace.onDidChange(() => this.#setTitle()));
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(options.extensionUri, 'media', 'icons', `trace-${theme}.svg`);
    this.#panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.#setTitle();
    const dist = vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      scriptUri: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'app.js'))),
      styleUri: String(webview.asWebviewUri(vscode.Uri.joinPath(dist, 'app.css'))),
      restore: this.trace.restore,
      language: displayLanguage,
      translations,
    });
  }

  get isActive(): boolean {
    return this.#panel.active;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  close(): void {
    this.#panel.dispose();
  }

  /** Comes to the front with this filter, also when its script has to be loaded first. */
  showRows(filter: string): void {
    const wasVisible = this.#ready && this.#panel.visible;
    this.#panel.reveal();
    if (wasVisible) this.push({ kind: 'show/filter', filter });
    else this.#filterWhenReady = filter;
  }

  push(push: PanelPush): void {
    void this.#post({ type: 'push', push });
  }

  #setTitle(): void {
    if (this.trace.kind === 'live') this.#panel.title = `DNS: ${visibleText(this.trace.name)}`;
  }

  #pushSnapshot(snapshot: TraceSnapshot): void {
    if (this.#ready && this.#panel.visible) this.push(snapshot);
    else this.#unsent = snapshot;
  }

  #onViewState(): void {
    // A hidden webview is torn down; shown again it asks with panel/ready, or, if it was only covered, gets what it missed.
    if (this.#panel.visible && this.#ready && this.#unsent !== undefined) this.push(this.#unsent);
    if (this.#panel.visible) this.#unsent = undefined;
    if (this.#panel.active) this.#activated.fire();
  }

  #onClosed(): void {
    if (this.isDisposed) return;
    this.#closed.fire();
    this.dispose();
  }

  async #onMessage(message: unknown): Promise<void> {
    const request = asPanelMessage(message);
    if (request === undefined)
      return this.#options.log.warn('A message of the trace panel was not understood and is ignored');
    const reply = await this.#answer(request.id, request.request);
    if (request.request.kind === 'panel/ready') this.#ready = true;
    await this.#post({ type: 'reply', reply });
    if (request.request.kind !== 'panel/ready' || this.#filterWhenReady === undefined) return;
    this.push({ kind: 'show/filter', filter: this.#filterWhenReady });
    this.#filterWhenReady = undefined;
  }

  /** A request always settles, with a value or with the problem. */
  async #answer(id: number, request: PanelRequest): Promise<Reply> {
    try {
      return { id, ok: true, value: await this.#value(request) };
    } catch (error) {
      const problem = toProblem(error, 'unexpected');
      // What comes of scrolling while rows change is nobody's fault.
      if (problem.code !== 'stale-view') this.#options.log.warn(`${request.kind}: ${problem.code}: ${problem.detail}`);
      return { id, ok: false, problem };
    }
  }

  async #value(request: PanelRequest): Promise<ReplyMap[PanelRequest['kind']]> {
    if (request.kind !== 'action/run') return this.trace.store.query<TraceQuery>(request);
    return { done: await this.#options.runAction(request.action, this.trace) };
  }

  async #post(message: HostToPanel): Promise<void> {
    if (!this.isDisposed) await this.#panel.webview.postMessage(asJson(message));
  }
}
