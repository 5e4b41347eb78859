import type {
  ChangeCause,
  CorefileHistoryStore,
  CorefilePlace,
  CorefileVersion,
  SeenVersion,
} from './corefileChangeTypes.ts';

const MAX_VERSIONS = 50;
const MAX_CHARACTERS = 2_000_000;

/**
 * The versions of Corefiles that were seen and written, newest last, bounded in number and size. Writes come one after
 * another; a store that fails loses history and nothing else.
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
    const all = await this.#store.load().catch(() => []);
    return all.filter((version) => isSamePlace(version, server, place));
  }

  /** Never rejects. */
  add(server: string, version: CorefileVersion, cause: ChangeCause, nowNs: bigint): Promise<void> {
    const time = new Date(Number(nowNs / 1_000_000n)).toISOString();
    const work = this.#last.then(async () => {
      const all = await this.#store.load();
      const previous = all.findLast((one) => isSamePlace(one, server, version));
      // What was seen already is no news; the text is what counts.
      if (previous?.text === version.text && (cause === 'seen' || previous.resourceVersion === version.resourceVersion))
        return;
      await this.#store.save(bounded([...all, { ...version, server, time, cause }]));
    });
    this.#last = work.catch(() => undefined);
    return this.#last.then(() => undefined);
  }
}

const isSamePlace = (version: SeenVersion, server: string, place: CorefilePlace): boolean =>
  version.server === server &&
  version.namespace === place.namespace &&
  version.name === place.name &&
  version.key === place.key;

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
