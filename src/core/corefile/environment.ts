/**
 * Environment references in a word: `{%NAME%}`, then `{$NAME}`, as in caddyfile/parse.go `replaceEnvVars`. A value is put in
 * as it is: never split at blanks, never read for braces. There are no defaults: `{$A:b}` names the variable `A:b`.
 */
export interface EnvironmentReference {
  readonly name: string;
  /** Range inside the word's text. */
  readonly start: number;
  readonly end: number;
}

export type Environment = Readonly<Record<string, string>>;

/** References in `text`, in order. A reference without a name (`{$}`) ends the search, as in CoreDNS. */
export function environmentReferences(text: string): readonly EnvironmentReference[] {
  if (!text.includes('{$') && !text.includes('{%')) return [];
  return [...scan(text, '{%', '%}'), ...scan(text, '{$', '}')].sort((a, b) => a.start - b.start);
}

function scan(text: string, open: string, close: string): EnvironmentReference[] {
  const found: EnvironmentReference[] = [];
  for (let at = text.indexOf(open); at !== -1;) {
    const end = text.indexOf(close, at);
    if (end <= at + open.length) break;
    found.push({ name: text.slice(at + open.length, end), start: at, end: end + close.length });
    at = text.indexOf(open, end + close.length);
  }
  return found;
}

/**
 * The word with its references replaced; `undefined` when a variable isn't in `environment` (so its value isn't known here).
 * `environment` undefined means that nothing is known about any variable.
 */
export function expandEnvironment(text: string, environment: Environment | undefined): string | undefined {
  const references = environmentReferences(text);
  if (references.length === 0) return text;
  let result = '';
  let from = 0;
  for (const reference of references) {
    const value = environment?.[reference.name];
    if (value === undefined) return undefined;
    result += text.slice(from, reference.start) + value;
    from = reference.end;
  }
  return result + text.slice(from);
}
