import { defaultPort, splitTransport } from '../serverKey.ts';
import { parseDuration } from '../setup/goValues.ts';
import { activeForm } from './activeForm.ts';
import { elementOf } from './argumentForm.ts';
import type { Place } from './place.ts';

const SECONDS_BY_NAME: ReadonlySet<string> = new Set(['TTL', 'MINTTL', 'SECONDS']);
const UNITS: readonly (readonly [bigint, string])[] = [
  [86_400_000_000_000n, 'day'],
  [3_600_000_000_000n, 'hour'],
  [60_000_000_000n, 'minute'],
  [1_000_000_000n, 'second'],
  [1_000_000n, 'millisecond'],
  [1000n, 'microsecond'],
  [1n, 'nanosecond'],
];

/** What an argument is, by its place in the form, and how long a time is that it names. */
export function describeArgument(
  place: Place,
  text: string,
): { readonly heading: string; readonly paragraphs: readonly string[] } | undefined {
  const active = activeForm(place);
  if (active === undefined || active.index < 0) return undefined;
  const { form, args, index, head, option } = active;
  const element = elementOf(form, args, index);
  if (element === undefined) return undefined;
  const heading = `${head} ${form.text}`;
  const fixed = element.literals.includes(text);
  const paragraphs = fixed && option !== undefined ? [option.summary] : [`${element.text} of ${head}.`];
  const name = element.placeholders[0] ?? '';
  const duration = SECONDS_BY_NAME.has(name) || /^-?\d+$/u.test(text) ? undefined : parseDuration(text);
  if (!fixed && SECONDS_BY_NAME.has(name) && /^\d{1,18}$/u.test(text)) {
    paragraphs.push(`${span(BigInt(text) * 1_000_000_000n)}.`);
  } else if (!fixed && duration !== undefined && duration >= 0n) paragraphs.push(`${span(duration)}.`);
  if (name === 'TO' && text.includes('://')) {
    const { transport } = splitTransport(text);
    paragraphs.push(`Asked over ${transport}, port ${defaultPort(transport)} unless another is written.`);
  }
  if (name === 'FROM' && text === '.') paragraphs.push('Every name.');
  return { heading, paragraphs };
}

/** `90s` as `1 minute 30 seconds`; the two greatest units that are not zero. */
export function span(nanoseconds: bigint): string {
  const parts: string[] = [];
  let rest = nanoseconds;
  for (const [size, unit] of UNITS) {
    const count = rest / size;
    if (count === 0n) continue;
    parts.push(`${count} ${unit}${count === 1n ? '' : 's'}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}
