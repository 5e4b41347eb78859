/**
 * Makes hostile text safe to read: C0/C1 controls, line and paragraph separators, zero-width and bidirectional
 * controls become visible escapes (`\u{202e}`), so that a name on screen is the name on the wire.
 */
// eslint-disable-next-line no-control-regex -- the control characters are what this looks for
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
