import type {
  ChangeCause,
  CorefileHistoryStore,
  CorefileVersion,
  HistoryPlace,
  SeenVersion,
} from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';

/** Of one place. */
const MAX_VERSIONS = 50;
const MAX_CHARACTERS = 1_000_000;

/**
 * The versions of Corefiles and their parts that were seen and written, newest last, bounded in number and size. Writes come
 * one after another; a store that fails loses history and nothing else.
 */
export class CorefileHistory {
  readonly #store: CorefileHistoryStore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: CorefileHistoryStore) {
    this.#store = store;
  }

  /** Versions of one place, newest last. Empty when the store fails. */
  async of(server: string, place: CorefilePlace): Promise<readonly SeenVersion[]> {
    await this.#last;
    return this.#store.load(historyPlace(server, place)).catch(() => []);
  }

  /** Places of a cluster that have versions. Empty when the store fails. */
  async places(server: string): Promise<readonly HistoryPlace[]> {
    await this.#last;
    const all = await this.#store.places().catch(() => []);
    return all.filter((place) => place.server === server);
  }

  /** Never rejects. */
  add(server: string, version: CorefileVersion, cause: ChangeCause, nowNs: bigint): Promise<void> {
    const time = new Date(Number(nowNs / 1_000_000n)).toISOString();
    const place = historyPlace(server, version);
    const work = this.#last.then(async () => {
      const versions = await this.#store.load(place);
      const previous = versions.at(-1);
      // What was seen already is no news; the text is what counts.
      if (previous?.text === version.text && (cause === 'seen' || previous.resourceVersion === version.resourceVersion))
        return;
      await this.#store.save(place, bounded([...versions, { ...version, server, time, cause }]));
    });
    this.#last = work.catch(() => undefined);
    return this.#last.then(() => undefined);
  }

  /** Forgets one place, or everything. Rejects as the store does: whoever asked for it has to know. */
  clear(server?: string, place?: CorefilePlace): Promise<void> {
    const which = server === undefined || place === undefined ? undefined : historyPlace(server, place);
    const work = this.#last.then(() => this.#store.clear(which));
    this.#last = work.catch(() => undefined);
    return work;
  }
}

const historyPlace = (server: string, { namespace, name, key }: CorefilePlace): HistoryPlace => ({
  server,
  namespace,
  name,
  key,
});

function bounded(versions: readonly SeenVersion[]): readonly SeenVersion[] {
  const kept: SeenVersion[] = [];
  let characters = 0;
  for (const version of versions.toReversed()) {
    characters += version.text.length;
    if (kept.length === MAX_VERSIONS || (characters > MAX_CHARACTERS && kept.length > 0)) break;
    kept.push(version);
  }
  return kept.reverse();
}
