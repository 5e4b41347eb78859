/** A value as a filter must have it to be this text and nothing else: in quotes where it would end, or mean more, without them. */
export function writtenValue(text: string): string {
  return text === '' || /[\s(){},"'*?]|&&|\|\|/u.test(text) ? `"${text.replace(/["\\]/gu, '\\$&')}"` : text;
}

/** `field == value`, or `field in (…)` for several. */
export function writtenCondition(field: string, values: readonly string[]): string {
  const texts = values.map(writtenValue);
  return texts.length === 1 ? `${field} == ${texts[0]!}` : `${field} in (${texts.join(', ')})`;
}
