/** What a command needs of the process it runs in; tests hand in their own. */
export interface CliIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whole file; `-` is standard input. Rejects with a message that names the file. */
  readFile(path: string): Promise<Uint8Array>;
}
