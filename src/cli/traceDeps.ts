import { createInterface } from 'node:readline/promises';
import type { DisposableLike } from '../base/disposable.ts';
import type { AnalyzedFile, Summary } from '../core/analysis/summary.ts';
import type { Clock, KubeConfigSource, TraceSink } from '../session/ports.ts';
import type { TraceReports } from './inProcessTrace.ts';
import { onInterrupt } from './interrupts.ts';
import { SystemClock } from '../io/systemClock.ts';

/** The engine as `trace` uses it; `InProcessTrace` is one. */
export interface LiveTrace extends TraceSink, DisposableLike {
  /** Tells what settled since the last call. */
  report(): void;
  summary(files: readonly AnalyzedFile[]): Summary;
}

/** What `trace` needs of the world; tests hand in their own. */
export interface TraceDeps {
  readonly clock: Clock;
  /** Standard input and error are a terminal: somebody can be asked. */
  readonly isTerminal: boolean;
  openSource(): Promise<KubeConfigSource>;
  /** @param ports DNS ports besides 53 and 5353 */
  makeTrace(reports: TraceReports, ports: readonly number[]): Promise<LiveTrace>;
  ask(question: string): Promise<boolean>;
  /** Ctrl-C or a request to end. While one handler is there, the process does not end by itself. */
  onInterrupt(handler: () => void): DisposableLike;
}

/** The slow threshold of design.md, until a flag sets it. */
const SLOW_NS = 5_000_000;

export function defaultTraceDeps(): TraceDeps {
  return {
    clock: new SystemClock(),
    isTerminal: process.stdin.isTTY && process.stderr.isTTY,
    openSource: async () => (await import('../kube/entry.ts')).openKubeConfigSource(),
    makeTrace: async (reports, dnsPorts) =>
      new (await import('./inProcessTrace.ts')).InProcessTrace({ slowNs: SLOW_NS, dnsPorts }, reports),
    ask,
    onInterrupt,
  };
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(question)).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
