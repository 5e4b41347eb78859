import * as l10n from '@vscode/l10n';
import * as path from 'node:path';
import { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Problem, toProblem } from '../../base/problem.ts';
import type { TraceSnapshot } from '../../protocol/webview.ts';
import type { TraceStore } from '../../session/trace/traceStore.ts';
import type { OpenTrace, PanelState } from './openTrace.ts';

/** Capture files in one view. A file that cannot be read stays open with the reason: never an empty panel. */
export class FileTrace extends Disposable implements OpenTrace {
  readonly kind = 'file';
  readonly name: string;
  readonly store: TraceStore;
  readonly isRunning = false;
  readonly watched: ReadonlySet<string> = new Set();
  readonly restore: PanelState;
  readonly #changed = this._register(new Emitter<void>());
  readonly onDidChange: Event<void> = this.#changed.event;
  readonly #abort = new AbortController();
  #snapshot: TraceSnapshot | undefined;

  constructor(store: TraceStore, paths: readonly string[]) {
    super();
    this.store = this._register(store);
    this.name =
      paths.length === 1
        ? path.basename(paths[0] ?? '')
        : l10n.t('{0} and {1} more', path.basename(paths[0] ?? ''), paths.length - 1);
    this.restore = { kind: 'files', paths };
    this._register(
      store.onDidChange((snapshot) => {
        this.#snapshot = snapshot;
        this.#changed.fire();
      }),
    );
    this._register({ dispose: () => this.#abort.abort() });
    void this.#read(paths);
  }

  get snapshot(): TraceSnapshot | undefined {
    return this.#snapshot;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async #read(paths: readonly string[]): Promise<void> {
    this.#tell('starting', []);
    try {
      const files = await this.store.openFiles(paths, this.#abort.signal);
      const problems = files.flatMap((file) => (file.problem === undefined ? [] : [file.problem]));
      this.#tell(files.some((file) => file.packets > 0) || problems.length === 0 ? 'ended' : 'failed', problems);
    } catch (error) {
      this.#tell('failed', [toProblem(error, 'file-unreadable')]);
    }
  }

  #tell(state: 'starting' | 'ended' | 'failed', problems: readonly Problem[]): void {
    if (!this.isDisposed) this.store.setSource({ kind: 'file', title: this.name, state, problems });
  }
}
