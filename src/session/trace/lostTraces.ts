/** A live trace that its window left behind: killed, reloaded or closed before it was saved. */
export interface LostTrace {
  readonly folder: string;
  /** What it was a trace of. Hostile text. */
  readonly title: string;
  /** When its window was last seen alive, epoch ms. */
  readonly endedMs: number;
  /** Of packets. */
  readonly bytes: number;
}

export interface LostTraces {
  /** The latest first. Those older than a week are deleted unasked. */
  list(): readonly LostTrace[];
  /**
   * Makes a session file of it, to be opened like any other; the trace is lost no more.
   * @returns path of the file
   * @throws ProblemError when it cannot be written, and the trace stays; or when another window was faster
   */
  recover(trace: LostTrace): Promise<string>;
  forget(trace: LostTrace): void;
  /** For the end of the window: its traces stay for the next one, except those that were saved. */
  leave(): void;
}
