/**
 * File names as `import` finds them: Go's filepath.Join and filepath.Glob for patterns with at most one `*` and one `?`
 * (caddyfile/parse.go doImport). Paths are those of a container: slashes only.
 */

/** filepath.Clean of an absolute path. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** What a pattern written in the file `from` stands for, as an absolute pattern. */
export function absolutePattern(pattern: string, from: string): string {
  return cleanPath(pattern.startsWith('/') ? pattern : `${directoryOf(from)}/${pattern}`);
}

export function hasWildcard(pattern: string): boolean {
  return /[*?]/u.test(pattern);
}

/** One path element: `*` is any run of characters, `?` a single one, `\` takes the next as it is. Linear: one star at most. */
export function matchesName(pattern: string, name: string): boolean {
  const star = starOf(pattern);
  if (star === -1) return literalMatch(pattern, name) === name.length;
  const head = literalMatch(pattern.slice(0, star), name);
  if (head === undefined) return false;
  const tail = pattern.slice(star + 1);
  for (let at = head; at <= name.length; at += 1) {
    if (literalMatch(tail, name.slice(at)) === name.length - at) return true;
  }
  return false;
}

function starOf(pattern: string): number {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '*') return at;
  }
  return -1;
}

/** Length of `name` that a pattern without star takes; `undefined` when it doesn't match its beginning. */
function literalMatch(pattern: string, name: string): number | undefined {
  const wanted = [...pattern];
  let taken = 0;
  for (let at = 0; at < wanted.length; at += 1) {
    const next = String.fromCodePoint(name.codePointAt(taken) ?? 0);
    if (taken >= name.length) return undefined;
    const escaped = wanted[at] === '\\';
    if (escaped) at += 1;
    if ((escaped || wanted[at] !== '?') && wanted[at] !== next) return undefined;
    taken += next.length;
  }
  return taken;
}

/** The paths among `paths` that an absolute pattern stands for, sorted as Go sorts them: by directory, then by name. */
export function matchPaths(pattern: string, paths: Iterable<string>): readonly string[] {
  if (!hasWildcard(pattern)) return [...paths].filter((path) => path === pattern);
  const wanted = pattern.split('/');
  return [...paths]
    .map((path) => path.split('/'))
    .filter((parts) => parts.length === wanted.length && parts.every((part, at) => matchesName(wanted[at] ?? '', part)))
    .sort(byElements)
    .map((parts) => parts.join('/'));
}

function byElements(a: readonly string[], b: readonly string[]): number {
  for (const [index, element] of a.entries()) {
    const other = b[index] ?? '';
    if (element !== other) return element < other ? -1 : 1;
  }
  return 0;
}
