import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Problem } from '../../base/problem.ts';
import type { Severity } from '../../core/corefile/diagnostic.ts';
import { isVersion } from '../../core/corefile/pluginCatalogue.ts';
import { type DurationRange, parseDuration } from './duration.ts';
import { readSeverities } from './severities.ts';

/** As package.json has it, MB. */
const DEFAULT_TRACE_MEMORY = 96;
const SLOW: DurationRange = { setting: 'dnscope.slowThreshold', minNs: 5e3, maxNs: 10e9, rangeText: '5us to 10s' };
const LONGEST: DurationRange = {
  setting: 'dnscope.maxTraceDuration',
  minNs: 10e9,
  maxNs: 24 * 3600e9,
  rangeText: '10s to 24h',
};
const DEFAULT_SLOW_NS = 5e6;
const DEFAULT_LONGEST_NS = 3600e9;

/** The user's settings, read when asked; what does not parse falls back to its default and is told in `problems`. */
export class Settings extends Disposable {
  readonly #changed = this._register(new Emitter<void>());
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor() {
    super();
    this._register(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dnscope')) this.#changed.fire();
      }),
    );
  }

  get captureImage(): string | undefined {
    return this.#text('captureImage');
  }

  /** Paths as the user wrote them, `undefined`: $KUBECONFIG or ~/.kube/config. */
  get kubeconfig(): string | undefined {
    return this.#text('kubeconfig');
  }

  get slowNs(): number {
    return parseDuration(this.#text('slowThreshold') ?? '5ms', SLOW).value ?? DEFAULT_SLOW_NS;
  }

  /** Memory for the rows of one trace, bytes. */
  get rowMemory(): number {
    const megabytes = vscode.workspace.getConfiguration('dnscope').get<unknown>('traceMemory');
    return (typeof megabytes === 'number' && megabytes >= 32 ? megabytes : DEFAULT_TRACE_MEMORY) * 1024 * 1024;
  }

  /** Wireshark's program; `undefined`: where installers put it. */
  get wiresharkPath(): string | undefined {
    return this.#text('wiresharkPath');
  }

  get maxTraceMs(): number {
    return (parseDuration(this.#text('maxTraceDuration') ?? '1h', LONGEST).value ?? DEFAULT_LONGEST_NS) / 1e6;
  }

  /** Severities by rule code as the user wrote them; what is no code or no severity is left out. */
  get lintSeverities(): Readonly<Record<string, Severity | 'off'>> {
    return readSeverities(vscode.workspace.getConfiguration('dnscope').get('lint.severities'));
  }

  /** Release to judge Corefiles by, without `v`; `undefined`: the cluster's, else the newest known. */
  get coreDnsVersion(): string | undefined {
    const text = this.#text('lint.coreDnsVersion');
    return text !== undefined && isVersion(text) ? text.replace(/^v/u, '') : undefined;
  }

  get showExecutionOrder(): boolean {
    return vscode.workspace.getConfiguration('dnscope').get('corefile.executionOrder') === true;
  }

  get problems(): readonly Problem[] {
    return [
      parseDuration(this.#text('slowThreshold') ?? '5ms', SLOW).problem,
      parseDuration(this.#text('maxTraceDuration') ?? '1h', LONGEST).problem,
    ].filter((problem) => problem !== undefined);
  }

  async setKubeconfig(path: string): Promise<void> {
    await vscode.workspace.getConfiguration('dnscope').update('kubeconfig', path, vscode.ConfigurationTarget.Global);
  }

  #text(name: string): string | undefined {
    const value: unknown = vscode.workspace.getConfiguration('dnscope').get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  }
}
