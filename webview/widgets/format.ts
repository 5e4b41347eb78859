import { plural } from '../../src/base/plural.ts';

const UNITS = ['ns', 'µs', 'ms', 's'] as const;

/** Three significant digits with the unit that fits: `850 ns`, `15.4 ms`, `4.00 s`, `125 s`. Nanoseconds in. */
export function formatDuration(nanoseconds: number): string {
  if (!Number.isFinite(nanoseconds)) return '';
  let value = Math.max(0, nanoseconds);
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 's'}`;
}

/** What has been waited so far; tenths are enough while it runs. Nanoseconds in. */
export function formatWaiting(nanoseconds: number): string {
  return `${(Math.max(0, nanoseconds) / 1e9).toFixed(1)} s`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day with milliseconds. Epoch microseconds in. */
export function formatClock(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(date.getTime())) return '';
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Time and date for tooltips. Epoch microseconds in. */
export function formatDateTime(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(date.getTime())) return '';
  const fraction = String(Math.floor(timeUs % 1_000_000)).padStart(6, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${fraction}`;
}

/** Seconds since a start, signed. Epoch microseconds in. */
export function formatSince(timeUs: number, startUs: number): string {
  const seconds = (timeUs - startUs) / 1e6;
  return `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(3)} s`;
}

/** Thousands apart, as in `5,000,000`. */
export function formatCount(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 lookup`, `5,000 lookups` of the translated `{0} lookup|{0} lookups` (base/plural.ts); further values from `{1}` on. */
export function formatPlural(count: number, forms: string, ...values: readonly (string | number)[]): string {
  return plural(forms, count, formatCount(count), ...values);
}
