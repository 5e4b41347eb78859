/**
 * Makes hostile text safe to read: controls (Cc), format characters (Cf: zero-width, bidirectional controls, tags) and line and paragraph
 * separators become visible escapes (`\u{202e}`), so that a name on screen is the name on the wire.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
