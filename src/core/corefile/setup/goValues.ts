/**
 * Values of a Corefile as Go's standard library and CoreDNS's own helpers read them, down to overflow: what they refuse is
 * what the plugins refuse. Texts are words after environment references were replaced; every function gives `undefined`
 * where Go gives an error, and none throws.
 */
import { goInteger, isDomainName, normalizeName, splitTransport, zonesOfArgument } from '../serverKey.ts';

export { parseCidr, parseIp } from '../ipAddress.ts';
export { isDomainName, normalizeName, splitTransport, zonesOfArgument };

/** Nanoseconds in the units that limits are given in. */
export const MILLISECOND = 1_000_000n;
export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', 60n * MINUTE],
]);

const INT64_LIMIT = 1n << 63n;

/** time.ParseDuration, in nanoseconds. */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const rest = negative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)[^.\d]+)+$/u.test(rest)) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unitName = ''] of rest.matchAll(/(\d*)(?:\.(\d*))?([^.\d]+)/gu)) {
    const unit = UNITS.get(unitName);
    if (unit === undefined) return undefined;
    // Go adds the fraction as a floating-point number; digits behind the nanosecond are cut.
    const part = BigInt(Math.trunc(Number(`0.${fraction}0`) * Number(unit)));
    total += BigInt(significant(whole)) * unit + part;
    if (total > INT64_LIMIT) return undefined;
  }
  if (negative) return -total;
  return total === INT64_LIMIT ? undefined : total;
}

/** Digits without leading zeros, cut where 64 bits have long been left: hostile words may be long. */
function significant(digits: string): string {
  return `0${digits.replace(/^0+/u, '').slice(0, 25)}`;
}

/** strconv.Atoi. Beyond 2^53 the number is near, not exact. */
export function parseInteger(text: string): number | undefined {
  const digits = goInteger(text);
  return digits === undefined ? undefined : Number(digits);
}

/** strconv.ParseInt(text, 10, bits). */
export function parseInt(text: string, bits: 8 | 16 | 32 | 64): number | undefined {
  const value = parseInteger(text);
  return value === undefined || (bits < 64 && (value >= 2 ** (bits - 1) || value < -(2 ** (bits - 1))))
    ? undefined
    : value;
}

/** strconv.ParseUint(text, 10, bits): digits only, no sign. */
export function parseUint(text: string, bits: 8 | 16 | 32 | 64): number | undefined {
  if (!/^\d+$/u.test(text)) return undefined;
  const value = BigInt(significant(text));
  return value < 1n << BigInt(bits) ? Number(value) : undefined;
}

/** strconv.ParseFloat(text, 64). */
export function parseFloat(text: string): number | undefined {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/su.exec(text) ?? [];
  if (/^(?:inf|infinity)$/iu.test(body)) return sign === '-' ? -Infinity : Infinity;
  if (/^nan$/iu.test(text)) return NaN;
  const hex = /^0x/iu.test(body);
  if (!underscoresSeparateDigits(body, hex)) return undefined;
  const plain = body.replaceAll('_', '');
  const value = hex
    ? hexFloat(plain)
    : /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu.test(plain)
      ? Number(plain)
      : undefined;
  // Out of range is an error in Go, whereas the word "inf" is none.
  if (value === undefined || value === Infinity) return undefined;
  return sign === '-' ? -value : value;
}

function hexFloat(text: string): number | undefined {
  const [, whole = '', fraction = '', exponent = ''] = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/iu.exec(text) ?? [];
  if (whole + fraction === '' || exponent === '') return undefined;
  return Number(BigInt(`0x0${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
}

/** Go's rule for `_` in number literals: between digits, or behind the base prefix. */
function underscoresSeparateDigits(text: string, hex: boolean): boolean {
  const body = hex ? `0${text.slice(2)}` : text;
  return !(hex ? /(?<![0-9a-f])_|_(?![0-9a-f])/iu : /(?<!\d)_|_(?!\d)/u).test(body);
}

/** strconv.ParseBool. */
export function parseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/u.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/u.test(text) ? false : undefined;
}

/** net.SplitHostPort for `host:port`, `[v6]:port`, `:port`. The port may be any text. */
export function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return undefined;
  const port = text.slice(colon + 1);
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close === -1 || close + 1 !== colon) return undefined;
    return text.includes('[', 1) || text.includes(']', close + 1) ? undefined : { host: text.slice(1, close), port };
  }
  const host = text.slice(0, colon);
  return host.includes(':') || /[[\]]/u.test(text) ? undefined : { host, port };
}

/** plugin/pkg/fall: the zones an option `fallthrough` sets; words that aren't zones are dropped, none means all names. */
export function fallthroughZones(args: readonly string[]): readonly string[] {
  return args.length === 0 ? ['.'] : args.flatMap(zonesOfArgument);
}

/** plugin/pkg/parse stripZone: a `%…` at the end, port included, is cut off. */
export function stripZone(host: string): string {
  const percent = host.lastIndexOf('%');
  return percent === -1 ? host : host.slice(0, percent);
}
