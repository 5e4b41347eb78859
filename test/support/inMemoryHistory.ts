import type { CorefileHistoryStore, HistoryPlace, SeenVersion } from '../../src/session/change/corefileChangeTypes.ts';

/** A history that ends with the test. */
export class InMemoryHistory implements CorefileHistoryStore {
  readonly #files = new Map<string, { readonly place: HistoryPlace; readonly versions: readonly SeenVersion[] }>();

  /** All versions of all places, in the order in which the places came. */
  get all(): readonly SeenVersion[] {
    return [...this.#files.values()].flatMap(({ versions }) => versions);
  }

  load(place: HistoryPlace): Promise<readonly SeenVersion[]> {
    return Promise.resolve(this.#files.get(keyOf(place))?.versions ?? []);
  }

  save(place: HistoryPlace, versions: readonly SeenVersion[]): Promise<void> {
    this.#files.set(keyOf(place), { place, versions });
    return Promise.resolve();
  }

  places(): Promise<readonly HistoryPlace[]> {
    return Promise.resolve([...this.#files.values()].map(({ place }) => place));
  }

  clear(place?: HistoryPlace): Promise<void> {
    if (place === undefined) this.#files.clear();
    else this.#files.delete(keyOf(place));
    return Promise.resolve();
  }
}

const keyOf = ({ server, namespace, name, key }: HistoryPlace): string => [server, namespace, name, key].join(' ');
