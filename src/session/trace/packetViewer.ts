/** Wireshark, beside the editor and on the same machine as the extension. */
export interface PacketViewer {
  /** Its program where installers put it; `undefined`: it is not on this machine. */
  find(): string | undefined;
  /**
   * Starts it with a capture file, and does not wait for its end.
   * @param program absolute path
   * @throws ProblemError when it does not start
   */
  open(program: string, file: string): Promise<void>;
  /** A place to save a trace in for it, in a folder that only this user can read; such folders are deleted a day later, when the next one is asked for. */
  temporaryFile(name: string): string;
}
