/**
 * JSON with exact integers: evidence carries nanoseconds as digits, because a double cannot hold them; the contract has
 * them as a JSON number. `timeNs` strings of digits become number literals, everything else is as JSON.stringify has it.
 */
interface RawJson {
  readonly rawJSON: (text: string) => unknown;
}

export function jsonText(value: unknown): string {
  const { rawJSON } = JSON as typeof JSON & RawJson;
  return JSON.stringify(value, (key, item: unknown) =>
    key === 'timeNs' && typeof item === 'string' && /^\d+$/u.test(item) ? rawJSON(item) : item,
  );
}
