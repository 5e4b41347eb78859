import type { WrittenChange } from '../../session/change/corefileChangeTypes.ts';

interface Watched {
  readonly written: WrittenChange;
  readonly stop: () => void;
}

/**
 * The changes of this window whose replicas are watched, lasting and temporary ones. Replicas answer the text that was written
 * last, so a watching ends when the next text for them is written: it would take their answer for one to its own.
 * The session sees by itself when the same key is written again (corefileChangeRun.ts); another key of the same Corefile it does not.
 */
export class WatchedChanges {
  readonly #watched = new Set<Watched>();

  /** @param stop ends the watching, also one that has ended already; it is called at the next write for the same replicas */
  begin(written: WrittenChange, stop: () => void): void {
    // A new deadline in the annotation: the replicas have nothing to load.
    if (written.previous.text === written.current.text && written.previous.absent === written.current.absent) return;
    for (const earlier of this.#watched) {
      if (!isForSameReplicas(earlier.written, written)) continue;
      this.#watched.delete(earlier);
      earlier.stop();
    }
    this.#watched.add({ written, stop });
  }
}

function isForSameReplicas({ plan: a }: WrittenChange, { plan: b }: WrittenChange): boolean {
  if (a.context.name !== b.context.name) return false;
  if (a.place.namespace === b.place.namespace && a.place.name === b.place.name) return true;
  return a.replicas.some((one) =>
    b.replicas.some(({ namespace, pod }) => pod === one.pod && namespace === one.namespace),
  );
}
