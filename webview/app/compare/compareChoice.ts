/** What a user compares: two sides, and a name for both. Filters made of it; what was saved of it is checked. */
import { writtenValue } from '../../../src/core/filter/writtenValue.ts';

export interface CompareChoice {
  /** Filters; empty before something is chosen. */
  readonly a: string;
  readonly b: string;
  /** Of both sides; any name when empty. `*` stands for any part. */
  readonly name: string;
}

export interface CompareSides {
  readonly a: string;
  readonly b: string;
}

export const NO_COMPARE: CompareChoice = { a: '', b: '', name: '' };

const LONGEST = 9000;

/** Sound whatever was saved. */
export function asCompareChoice(value: unknown): CompareChoice {
  if (typeof value !== 'object' || value === null) return NO_COMPARE;
  const { a, b, name } = value as Readonly<Record<string, unknown>>;
  return { a: text(a), b: text(b), name: text(name) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}

/** The filters to ask about. A side that is not chosen stays so, whatever the name. */
export function compareSides({ a, b, name }: CompareChoice): CompareSides {
  const own = name.trim() === '' ? '' : `, name == ${writtenName(name.trim())}`;
  const side = (filter: string): string => (filter.trim() === '' ? '' : filter.trim() + own);
  return { a: side(a), b: side(b) };
}

/** A pattern stays one. */
function writtenName(name: string): string {
  return /^[\w.*?-]+$/u.test(name) ? name : writtenValue(name);
}

const isoOf = (us: number): string => new Date(Math.floor(us / 1000)).toISOString();

/** Lookups that began before a moment, and those from then on; to the millisecond. */
export function beforeAndAfter(us: number): CompareSides {
  return { a: `time < ${isoOf(us)}`, b: `time >= ${isoOf(us)}` };
}

/** Everything that a side leaves. */
export function everythingBut(filter: string): string {
  return `none(${filter})`;
}
