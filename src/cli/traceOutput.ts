import { visibleText } from '../base/visibleText.ts';
import type { Summary } from '../core/analysis/summary.ts';
import { durationText, plural } from '../core/findings/findingRule.ts';
import type { Finding } from '../core/findings/finding.ts';
import type { CaptureLoss } from '../core/trace/vantage.ts';
import type { LookupRow } from '../core/view/rows.ts';
import type { TraceStatus } from '../session/trace/traceTypes.ts';
import type { CliIo } from './io.ts';
import { jsonText } from './jsonText.ts';

/** Where a live trace's news go. */
export interface TraceOutput {
  lookup(row: LookupRow): void;
  finding(finding: Finding): void;
  loss(vantage: string, loss: CaptureLoss): void;
  /** Called at every change; tells only what is new. */
  state(status: TraceStatus): void;
  summary(summary: Summary, status: TraceStatus): void;
}

/** Time's end is no problem where the user set it; a summary says the rest. */
const EXPECTED: ReadonlySet<string> = new Set(['trace-time-up']);

/** JSON Lines (design.md): `{"type":"lookup"|"finding"|"loss"|"gap"|"state",…}`, at the end `{"type":"summary",…}`. */
export class JsonTraceOutput implements TraceOutput {
  readonly #io: CliIo;
  #lastState = '';

  constructor(io: CliIo) {
    this.#io = io;
  }

  lookup(row: LookupRow): void {
    this.#line({ type: 'lookup', ...row });
  }

  finding(finding: Finding): void {
    this.#line({ type: 'finding', ...finding });
  }

  loss(vantage: string, loss: CaptureLoss): void {
    const { kind, packets, fromNs, toNs, reason } = loss;
    const durationNs = Number(toNs - fromNs);
    if (kind === 'gap') this.#line({ type: 'gap', vantage, timeNs: String(fromNs), durationNs, reason });
    else this.#line({ type: 'loss', vantage, packets, timeNs: String(fromNs), durationNs, reason });
  }

  state(status: TraceStatus): void {
    const line = {
      type: 'state',
      state: status.state,
      captures: status.captures.map(({ vantage, state, container, problem }) => ({
        vantage: vantage.name,
        role: vantage.role,
        state,
        container,
        problem,
      })),
      unwatched: status.unwatched,
      problems: status.problems,
      aftermath: status.aftermath?.text,
    };
    const text = JSON.stringify(line);
    if (text === this.#lastState) return;
    this.#lastState = text;
    this.#line(line);
  }

  summary(summary: Summary): void {
    this.#line({ type: 'summary', ...summary });
  }

  #line(value: object): void {
    this.#io.stdout(
      `${jsonText(JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item))))}\n`,
    );
  }
}

/** For people: lookups and findings on standard output, the course of things on standard error. */
export class TextTraceOutput implements TraceOutput {
  readonly #io: CliIo;
  readonly #told = new Set<string>();
  #lastState = '';

  constructor(io: CliIo) {
    this.#io = io;
  }

  lookup(row: LookupRow): void {
    const took = row.latencyNs === undefined ? '' : durationText(row.latencyNs);
    const result = row.rcode === '' ? row.outcome : row.rcode;
    const time = new Date(row.timeUs / 1000).toISOString().slice(11, 23);
    this.#io.stdout(`${time}  ${row.client}  ${row.name} ${row.qtype}  ${result}  ${took}`.trimEnd() + '\n');
  }

  finding(finding: Finding): void {
    this.#io.stdout(`${finding.severity.toUpperCase()} [hop ${finding.hop}, ${finding.confidence}] ${finding.title}\n`);
  }

  loss(vantage: string, loss: CaptureLoss): void {
    const what = loss.packets === undefined ? 'Packets may be missing' : `${plural(loss.packets, 'packet')} lost`;
    const time = `${((Number(loss.toNs - loss.fromNs) / 1e9) | 0).toString()} s`;
    this.#io.stderr(`${what} at ${visibleText(vantage)} within ${time}: ${visibleText(loss.reason)}\n`);
  }

  state(status: TraceStatus): void {
    for (const problem of status.problems) {
      const text = visibleText([problem.detail, problem.recover].filter((part) => part !== undefined).join('. '));
      if (EXPECTED.has(problem.code) || this.#told.has(text)) continue;
      this.#told.add(text);
      this.#io.stderr(`${text}\n`);
    }
    if (status.state === this.#lastState) return;
    this.#lastState = status.state;
    if (status.state === 'running') this.#io.stderr('Watching; end with Ctrl-C\n');
    if (status.state === 'reconnecting') this.#io.stderr('Connection lost; reconnecting\n');
  }

  summary(summary: Summary, status: TraceStatus): void {
    const { lookups, findings } = summary;
    const lines = [
      `${plural(lookups.count, 'lookup')}, ${String(lookups.failed)} failed, ${String(lookups.slow)} slow; ${plural(status.dropped, 'packet')} dropped, ${plural(status.gaps, 'gap')}`,
      findings.length === 0 ? 'No finding.' : `${plural(findings.length, 'finding')}:`,
    ];
    for (const finding of findings) {
      lines.push(
        '',
        `${finding.severity.toUpperCase()} [${finding.id}, hop ${finding.hop}, ${finding.confidence}]`,
        `  ${finding.title}`,
      );
      lines.push(`  ${finding.explanation}`, ...finding.nextSteps.map((step) => `  next: ${step}`));
    }
    this.#io.stdout(`${lines.join('\n')}\n`);
    if (status.aftermath !== undefined) this.#io.stderr(`${visibleText(status.aftermath.text)}\n`);
  }
}
