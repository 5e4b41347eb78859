/** Anything that may be written without quotes and means itself. */
const BARE = /^[\w./:-]+$/u;

/** A value as the filter language reads it back: in quotes where it needs them, with every character standing for itself. */
export function valueText(text: string): string {
  return BARE.test(text) ? text : `"${text.replace(/["\\]/gu, '\\$&')}"`;
}

/** `field == value`, or `field in (…)` for several. */
export function fieldText(field: string, values: readonly string[]): string {
  const texts = values.map(valueText);
  return texts.length === 1 ? `${field} == ${texts[0]!}` : `${field} in (${texts.join(', ')})`;
}
