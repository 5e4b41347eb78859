/** Work by key: who asks for what is already under way gets the outcome of that run instead of a second one. */
export class SharedRuns<T> {
  readonly #runs = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const under = this.#runs.get(key);
    if (under !== undefined) return under;
    const run = work().finally(() => this.#runs.delete(key));
    this.#runs.set(key, run);
    return run;
  }
}
