/** Anything that holds a resource until `dispose` is called. Disposing twice is harmless. */
export interface DisposableLike {
  dispose(): void;
}

/** Wraps a function so that it runs at most once. */
export function toDisposable(dispose: () => void): DisposableLike {
  let done = false;
  return {
    dispose(): void {
      if (done) return;
      done = true;
      dispose();
    },
  };
}

/** Disposes all, even when one throws; the failures come out together. */
export function disposeAll(items: Iterable<DisposableLike>): void {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      item.dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'Several resources could not be released');
}

/** Owner of other disposables. What is registered after disposal is disposed at once, so nothing outlives its owner. */
export abstract class Disposable implements DisposableLike {
  readonly #owned = new Set<DisposableLike>();
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  protected _register<T extends DisposableLike>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#owned.add(item);
    return item;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const owned = [...this.#owned].reverse();
    this.#owned.clear();
    disposeAll(owned);
  }
}
