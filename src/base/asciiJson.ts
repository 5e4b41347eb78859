/** JSON in ASCII, everything else escaped: its length in characters is that in bytes, and no cut can split a character. */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
