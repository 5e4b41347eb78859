/** The filters of late, newest first: kept with the panel's state, so bounded in number and length. */
import type { PanelRows } from '../rows/panelRows.ts';

const MOST = 30;
const LONGEST = 1000;

/** @returns the same list where there is nothing to remember */
export function remembered(recent: readonly string[], filter: string): readonly string[] {
  const text = filter.trim();
  if (text === '' || text.length > LONGEST || text === recent[0]) return recent;
  return [text, ...recent.filter((one) => one !== text)].slice(0, MOST);
}

/** What was saved, as far as it is sound. */
export function asRecent(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = value.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= LONGEST);
  return [...new Set(texts)].slice(0, MOST);
}

/** The entry before (`older`) or after the one shown; `undefined` where the field shows something else, or there is none. */
export function stepThrough(recent: readonly string[], shown: string, older: boolean): string | undefined {
  const at = shown === '' ? -1 : recent.indexOf(shown);
  if (shown !== '' && at < 0) return undefined;
  const next = at + (older ? 1 : -1);
  return next === -1 && at === 0 ? '' : recent[next];
}

interface PastFilter {
  readonly filter: string;
  /** Where they changed with the filter. */
  readonly rows?: PanelRows;
}

const MOST_PAST = 50;

/** The filters before this one, to go back to. */
export class PastFilters {
  readonly #past: PastFilter[] = [];

  push(past: PastFilter): void {
    this.#past.push(past);
    if (this.#past.length > MOST_PAST) this.#past.shift();
  }

  pop(): PastFilter | undefined {
    return this.#past.pop();
  }
}
