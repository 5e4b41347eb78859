import { type DisposableLike, toDisposable } from './disposable.ts';

/** Subscribe; the returned disposable unsubscribes. */
export type Event<T> = (listener: (value: T) => void) => DisposableLike;

/** The sending end of an {@link Event}. Listeners run in the order they subscribed; one that throws does not stop the others. */
export class Emitter<T> implements DisposableLike {
  readonly #listeners = new Set<(value: T) => void>();
  #disposed = false;

  readonly event: Event<T> = (listener) => {
    if (this.#disposed) return toDisposable(() => undefined);
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  fire(value: T): void {
    const errors: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Several listeners failed');
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
  }
}
