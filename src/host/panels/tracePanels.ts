import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { PanelType } from '../commands/ids.ts';
import { asPanelState, type OpenTrace, type PanelState, type TraceChoice } from '../traces/openTrace.ts';
import { FileTrace } from '../traces/fileTrace.ts';
import type { TraceList } from '../traces/traceList.ts';
import type { TraceStore } from '../../session/trace/traceStore.ts';
import { type RunAction, TracePanel } from './tracePanel.ts';
import { endedTrace } from './endedTrace.ts';
import type { Log } from '../log.ts';

export interface TracePanelsOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  readonly traces: TraceList;
  readonly openStore: () => TraceStore;
  readonly runAction: RunAction;
  /** The panel of a running trace was closed: the trace goes on, and the user should know. */
  readonly onClosedWhileRunning: (trace: OpenTrace) => void;
}

/**
 * Every trace panel of the window: for live traces, for several files together, and as the editor of one capture file.
 * A closed panel ends its trace's life, except that a live trace stays (running or not) until another one takes its
 * place, so that closing a tab never loses packets that were not saved.
 */
export class TracePanels
  extends Disposable
  implements vscode.WebviewPanelSerializer, vscode.CustomReadonlyEditorProvider
{
  readonly #options: TracePanelsOptions;
  readonly #panels = new Map<OpenTrace, TracePanel>();

  constructor(options: TracePanelsOptions) {
    super();
    this.#options = options;
    this._register(vscode.window.registerWebviewPanelSerializer(PanelType.trace, this));
    this._register(
      vscode.window.registerCustomEditorProvider(PanelType.capture, this, {
        supportsMultipleEditorsPerDocument: false,
      }),
    );
    this._register({ dispose: () => [...this.#panels.values()].forEach((panel) => panel.dispose()) });
  }

  get active(): TracePanel | undefined {
    return [...this.#panels.values()].find((panel) => panel.isActive);
  }

  /** Brings the trace's panel to the front, in a new tab when it was closed. */
  show(trace: OpenTrace): TracePanel {
    const open = this.#panels.get(trace);
    if (open !== undefined) {
      open.reveal();
      return open;
    }
    return this.#attach(
      vscode.window.createWebviewPanel(PanelType.trace, trace.name, vscode.ViewColumn.Active, {}),
      trace,
    );
  }

  openFiles(paths: readonly string[]): OpenTrace {
    const trace = this.#fileTrace(paths);
    this.show(trace);
    return trace;
  }

  /** After a reload of the window: files are read again; a live trace has ended with the window, and its panel says so. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = asPanelState((state as { readonly restore?: unknown } | undefined)?.restore);
    if (saved === undefined) panel.dispose();
    else this.#attach(panel, this.#restored(saved));
    return Promise.resolve();
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    this.#attach(panel, this.#fileTrace([document.uri.fsPath]));
  }

  #restored(saved: PanelState): OpenTrace {
    return saved.kind === 'files' ? this.#fileTrace(saved.paths) : this.#ended(saved.choice);
  }

  #fileTrace(paths: readonly string[]): OpenTrace {
    const trace = new FileTrace(this.#options.openStore(), paths);
    this.#options.traces.add(trace);
    return trace;
  }

  #ended(choice: TraceChoice): OpenTrace {
    const trace = endedTrace(this.#options.openStore(), choice);
    this.#options.traces.add(trace);
    return trace;
  }

  #attach(webviewPanel: vscode.WebviewPanel, trace: OpenTrace): TracePanel {
    const { extensionUri, runAction, log, traces } = this.#options;
    const panel = new TracePanel({ panel: webviewPanel, trace, extensionUri, runAction, log });
    this.#panels.set(trace, panel);
    panel.onDidActivate(() => traces.setActive(trace));
    panel.onDidClose(() => {
      this.#panels.delete(trace);
      if (this.isDisposed) return;
      if (trace.isRunning) this.#options.onClosedWhileRunning(trace);
      if (trace.kind === 'file') traces.remove(trace);
      else this.#forgetOthers(trace);
    });
    return panel;
  }

  /** Of the live traces whose panel is closed and that have ended, only the newest keeps its packets. */
  #forgetOthers(newest: OpenTrace): void {
    for (const trace of this.#options.traces.all) {
      if (trace !== newest && trace.kind === 'live' && !trace.isRunning && !this.#panels.has(trace))
        this.#options.traces.remove(trace);
    }
  }
}
