/**
 * Reads the standard error of a capture: lines of tcpdump and, marked `dnscope: `, of its supervisor. Hostile: the container's
 * image is the user's and the stream may be anything. Never throws; holds at most one line of {@link LINE_LIMIT}.
 */
import { visibleText } from '../base/visibleText.ts';
import type { CaptureCounters } from '../session/trace/capturePort.ts';

export type StderrEvent =
  | { readonly kind: 'counters'; readonly counters: Partial<CaptureCounters> }
  | { readonly kind: 'listening' }
  | { readonly kind: 'supervisor'; readonly word: string; readonly rest: string }
  | { readonly kind: 'text'; readonly text: string };

const LINE_LIMIT = 2000;
// tcpdump.c, info(): one line on SIGUSR1, three at the end; "packet" without s for one.
const COUNTER = /(\d{1,10}) packets? (captured|received by filter|dropped by kernel|dropped by interface)/g;

export class StderrReader {
  readonly #decoder = new TextDecoder();
  readonly #onEvent: (event: StderrEvent) => void;
  #rest = '';

  constructor(onEvent: (event: StderrEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The stream is over: a last line without line feed counts too. */
  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LINE_LIMIT);
    for (const line of lines) if (line.trim() !== '') this.#line(line.slice(0, LINE_LIMIT));
  }

  #line(line: string): void {
    this.#onEvent(parseStderrLine(line));
  }
}

export function parseStderrLine(line: string): StderrEvent {
  const ours = /^dnscope: (\S+) ?(.*)$/.exec(line);
  if (ours !== null) return { kind: 'supervisor', word: ours[1] ?? '', rest: visibleText(ours[2] ?? '') };
  if (/^tcpdump: listening on /.test(line)) return { kind: 'listening' };
  let captured: number | undefined;
  let received: number | undefined;
  let dropped: number | undefined;
  for (const [, digits, what] of line.replace(/^tcpdump: /, '').matchAll(COUNTER)) {
    const count = Number(digits);
    if (what === 'captured') captured = count;
    else if (what === 'received by filter') received = count;
    else dropped = (dropped ?? 0) + count;
  }
  if (captured === undefined && received === undefined && dropped === undefined) {
    return { kind: 'text', text: visibleText(line.trim()) };
  }
  return {
    kind: 'counters',
    counters: {
      ...(captured === undefined ? {} : { captured }),
      ...(received === undefined ? {} : { received }),
      ...(dropped === undefined ? {} : { dropped }),
    },
  };
}
