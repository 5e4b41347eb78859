/**
 * Times as filters write them. A time is as long as its last digit says: `12:01:07Z` is that whole second, so `==` holds for all of it, `<=`
 * to its end and `>` from there. It wants its zone, for who reads a filter may be elsewhere than who wrote it. Kept in epoch microseconds,
 * which a double holds to a quarter for the next two centuries.
 */
import type { FilterNode, ValueTest } from './ast.ts';
import type { FilterOperator } from './fields.ts';

/** From a moment to another, which is no longer part of it; both alike where it has no length. Epoch µs. */
interface TimeSpan {
  readonly fromUs: number;
  readonly toUs: number;
}

/** A condition of a filter on when lookups began, open where it has no end. Epoch µs; `toUs` is no longer part of it. */
export interface TimeTerm {
  /** Its place among the filter's terms. */
  readonly term: number;
  readonly fromUs?: number;
  readonly toUs?: number;
}

// RFC 3339 §5.6, with a blank for the T, without seconds, and with an offset without colon, as other tools write it.
const ISO = /^([1-9]\d{3})-(\d\d)-(\d\d)[t ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(z|[+-]\d\d:?\d\d)$/iu;
const SECONDS = /^(\d{1,11})(?:\.(\d{1,9}))?$/u;
const US_PER_MINUTE = 60e6;

/** @param inSeconds bare numbers count seconds since 1970, as in Wireshark */
function readTime(text: string, inSeconds: boolean): TimeSpan | undefined {
  const seconds = inSeconds ? SECONDS.exec(text) : null;
  if (seconds !== null) {
    const fromUs = Number(seconds[1]) * 1e6 + fractionUs(seconds[2]);
    return { fromUs, toUs: fromUs };
  }
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = parts;
  const date = [Number(year), Number(month) - 1, Number(day)] as const;
  const clock = [Number(hour), Number(minute), Number(second ?? 0)] as const;
  const read = new Date(Date.UTC(...date, ...clock));
  const isReal = read.getUTCMonth() === date[1] && read.getUTCDate() === date[2] && isClock(...clock);
  const offset = offsetMinutes(parts[8]!);
  if (!isReal || offset === undefined) return undefined;
  const fromUs = read.getTime() * 1000 - offset * US_PER_MINUTE + fractionUs(fraction);
  return { fromUs, toUs: fromUs + lengthUs(second, fraction) };
}

function isClock(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

function fractionUs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, '0')) / 1000;
}

function lengthUs(second: string | undefined, fraction: string | undefined): number {
  if (second === undefined) return US_PER_MINUTE;
  const digits = fraction?.length ?? 0;
  // Beyond microseconds a double cannot tell a span's ends apart.
  return digits > 6 ? 0 : 10 ** (6 - digits);
}

function offsetMinutes(zone: string): number | undefined {
  if (zone.length === 1) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1);
}

/** The test of a time or of a range `A..B`; why not, to follow "expected", where there is none. */
export function timeTest(
  text: string,
  operator: FilterOperator,
  inSeconds: boolean,
): { readonly test: ValueTest } | 'no time' | 'backwards' {
  const range = operator === 'in' || operator === 'not in' ? /^(.+?)\.\.(.+)$/u.exec(text) : null;
  const first = readTime(range?.[1] ?? text, inSeconds);
  const last = readTime(range?.[2] ?? text, inSeconds);
  if (first === undefined || last === undefined) return 'no time';
  if (last.fromUs < first.fromUs) return 'backwards';
  const ends = { low: first.fromUs, high: last.toUs, lowOpen: false, highOpen: last.toUs > last.fromUs };
  const below = { ...ends, low: Number.NEGATIVE_INFINITY };
  const above = { ...ends, high: Number.POSITIVE_INFINITY, highOpen: false };
  switch (operator) {
    case '<':
      return { test: { kind: 'range', ...below, high: first.fromUs, highOpen: true } };
    case '<=':
      return { test: { kind: 'range', ...below } };
    case '>':
      return { test: { kind: 'range', ...above, low: last.toUs, lowOpen: last.toUs === last.fromUs } };
    case '>=':
      return { test: { kind: 'range', ...above } };
    default:
      return { test: { kind: 'range', ...ends } };
  }
}

/** A condition that holds for lookups that began from one moment up to another, both whole milliseconds in epoch µs; one term. */
export function timeRangeTerm(fromUs: number, toUs: number): string {
  const text = (us: number): string => new Date(us / 1000).toISOString();
  return `time in {${text(fromUs)}..${text(Math.max(fromUs, toUs - 1000))}}`;
}

/** The terms of a filter that are nothing but a span of time. */
export function timeTerms(root: FilterNode | undefined): readonly TimeTerm[] {
  if (root === undefined) return [];
  const terms: TimeTerm[] = [];
  (root.kind === 'and' ? root.items : [root]).forEach((node, term) => {
    if (node.kind !== 'compare' || node.field.column !== 'time' || node.negated || node.tests.length !== 1) return;
    const [test] = node.tests;
    if (test?.kind !== 'range') return;
    terms.push({
      term,
      ...(Number.isFinite(test.low) ? { fromUs: test.low } : {}),
      ...(Number.isFinite(test.high) ? { toUs: test.high } : {}),
    });
  });
  return terms;
}
