/**
 * One picture of the whole trace, kept fresh while somebody looks at it: read again when the trace or its view has changed, never twice at
 * once, and with a rest while a trace grows, since each reading is a pass over all rows. What was read last stays until the next is here.
 */
import { type DisposableLike, toDisposable } from '../../src/base/disposable.ts';
import { type Problem, toProblem } from '../../src/base/problem.ts';

const REST_MS = 1000;

export class Overview<Value> implements DisposableLike {
  readonly #read: () => Promise<Value>;
  readonly #onDidChange: () => void;
  readonly #restMs: number;
  #value: Value | undefined;
  #problem: Problem | undefined;
  #watchers = 0;
  #isStale = true;
  #isReading = false;
  /** Readings begun before this many resets are of something else. */
  #resets = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(read: () => Promise<Value>, onDidChange: () => void, restMs = REST_MS) {
    this.#read = read;
    this.#onDidChange = onDidChange;
    this.#restMs = restMs;
  }

  get value(): Value | undefined {
    return this.#value;
  }

  /** Why the latest reading brought nothing. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Somebody looks at it, until disposed. */
  watch(): DisposableLike {
    this.#watchers++;
    this.#next();
    return toDisposable(() => this.#watchers--);
  }

  /** The trace has grown: read again in its time. */
  touch(): void {
    this.#isStale = true;
    this.#next();
  }

  /** Another view, or another trace: read again at once. `forget` lets go of what is shown. */
  reset({ forget }: { readonly forget: boolean }): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#resets++;
    if (forget) this.#value = undefined;
    this.touch();
  }

  dispose(): void {
    clearTimeout(this.#rest);
    this.#watchers = 0;
  }

  #next(): void {
    if (!this.#isStale || this.#watchers === 0 || this.#isReading || this.#rest !== undefined) return;
    this.#isStale = false;
    this.#isReading = true;
    void this.#readOnce();
  }

  async #readOnce(): Promise<void> {
    const resets = this.#resets;
    let value: Value | undefined;
    let problem: Problem | undefined;
    try {
      value = await this.#read();
    } catch (error) {
      problem = toProblem(error, 'panel-request');
    }
    this.#isReading = false;
    if (resets === this.#resets) {
      this.#value = value ?? this.#value;
      this.#problem = problem;
      this.#rest = setTimeout(() => {
        this.#rest = undefined;
        this.#next();
      }, this.#restMs);
      this.#onDidChange();
    }
    this.#next();
  }
}
