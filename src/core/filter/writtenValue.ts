/** A value as a filter must have it to be this text and nothing else: in quotes where it would end, or mean more, without them. */
export function writtenValue(text: string): string {
  return text === '' || /[\s(){},"'*?]|&&|\|\|/u.test(text) ? `"${text.replace(/["\\]/gu, '\\$&')}"` : text;
}
