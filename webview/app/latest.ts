/** Runs one task at a time; of those that come in meanwhile only the newest is kept. Tasks must not reject. */
export class Latest {
  #running = false;
  #next: (() => Promise<void>) | undefined;

  run(task: () => Promise<void>): void {
    this.#next = task;
    if (!this.#running) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let task = this.#take(); task !== undefined; task = this.#take()) await task();
    this.#running = false;
  }

  #take(): (() => Promise<void>) | undefined {
    const task = this.#next;
    this.#next = undefined;
    return task;
  }
}
