/**
 * What place each of many texts has among them, so that rows are sorted by numbers. Texts are asked for by id; equal ones share a place.
 * Ids never change their text, so ids that come later are put between those known: a trace that grows costs what is new.
 * Cost of n new ids: n texts and their sorting, in stretches; memory 8 bytes an id, and the texts while they are compared.
 */
import { firstIndex } from '../../../base/firstIndex.ts';
import type { Steps } from '../../../base/steps.ts';

const STRETCH = 8192;

export class TextRanks {
  /** Ids in the order of their texts. */
  #order = new Uint32Array(0);
  #ranks = new Uint32Array(0);

  /** Place of each id below `count`. */
  *upTo(count: number, textOf: (id: number) => string): Steps<Uint32Array> {
    const known = this.#order;
    if (known.length === count) return this.#ranks;
    const added = yield* sortedTexts(known.length, count, textOf);
    const order = new Uint32Array(count);
    const ranks = new Uint32Array(count);
    let taken = 0;
    let at = 0;
    for (const { id, text } of added) {
      const place = firstIndex(taken, known.length, (index) => textOf(known[index]!) > text);
      while (taken < place) order[at++] = known[taken++]!;
      order[at++] = id;
      if (at % STRETCH === 0) yield;
    }
    order.set(known.subarray(taken), at);
    for (let i = 0, before: string | undefined, rank = 0; i < count; i++) {
      const text = textOf(order[i]!);
      if (i > 0 && text !== before) rank++;
      before = text;
      ranks[order[i]!] = rank;
      if (i % STRETCH === 0) yield;
    }
    this.#order = order;
    this.#ranks = ranks;
    return ranks;
  }
}

interface TextOfId {
  readonly id: number;
  readonly text: string;
}

function* sortedTexts(from: number, to: number, textOf: (id: number) => string): Steps<readonly TextOfId[]> {
  let runs: TextOfId[][] = [];
  for (let start = from; start < to; start += STRETCH) {
    const run: TextOfId[] = [];
    for (let id = start; id < Math.min(to, start + STRETCH); id++) run.push({ id, text: textOf(id) });
    runs.push(run.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)));
    yield;
  }
  while (runs.length > 1) {
    const merged: TextOfId[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [one, other] = [runs[i]!, runs[i + 1]];
      merged.push(other === undefined ? one : yield* mergedRuns(one, other));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedRuns(one: readonly TextOfId[], other: readonly TextOfId[]): Steps<TextOfId[]> {
  const merged: TextOfId[] = [];
  for (let i = 0, j = 0; i < one.length || j < other.length;) {
    const [a, b] = [one[i], other[j]];
    if (b === undefined || (a !== undefined && a.text <= b.text)) merged.push(one[i++]!);
    else merged.push(other[j++]!);
    if (merged.length % STRETCH === 0) yield;
  }
  return merged;
}
