import type { DisposableLike } from '../base/disposable.ts';

/** What a command needs of the process it runs in; tests hand in their own. */
export interface CliIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whole file; `-` is standard input. Rejects with a message that names the file. */
  readFile(path: string): Promise<Uint8Array>;
  /** Standard input as it comes. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Ctrl-C, or a request to end. While one handler is there, the process does not end by itself. */
  onInterrupt?(handler: () => void): DisposableLike;
}
