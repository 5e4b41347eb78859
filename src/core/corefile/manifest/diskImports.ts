/**
 * Imports between files on disk. Reading is asynchronous and the parser is not, so the file is read again and again, each
 * time with what the last reading asked for, until it asks for nothing new.
 *
 * Only what lies inside `root` is read: a Corefile is a stranger's text, and a message about a word of an imported file
 * would tell what stands in it. An import outside stays unknown, as every path of a container does.
 */
import { type ImportResolver, parseCorefile } from '../parser.ts';
import { absolutePattern, directoryOf, hasWildcard, matchPaths } from './glob.ts';

/** The caller's files. Paths are absolute, with slashes. */
export interface CorefileDisk {
  /** Names of the files in a directory; `undefined` when it can't be listed. */
  list(directory: string): Promise<readonly string[] | undefined>;
  /** A file's text; `undefined` when there is none. */
  read(path: string): Promise<string | undefined>;
}

export interface DiskImports {
  readonly resolveImport: ImportResolver;
  /** Files that were read, by path. */
  readonly files: ReadonlyMap<string, string>;
}

const MAX_ROUNDS = 50;
const MAX_FILES = 1000;

/** @param path absolute path of the Corefile, inside `root`. */
export async function readImports(text: string, path: string, root: string, disk: CorefileDisk): Promise<DiskImports> {
  const files = new Map<string, string | undefined>();
  const listings = new Map<string, readonly string[] | undefined>();
  const wanted = new Set<string>();
  const inside = (one: string): boolean => root === '/' || one.startsWith(`${root}/`);
  const present = (): Map<string, string> =>
    new Map([...files].flatMap(([file, content]) => (content === undefined ? [] : [[file, content] as const])));

  const resolveImport: ImportResolver = (pattern, from) => {
    const absolute = absolutePattern(pattern, from === '' ? path : from);
    const directory = directoryOf(absolute);
    // Wildcards in the directory are rare enough to be left unknown.
    if (!inside(absolute) || hasWildcard(directory)) return undefined;
    let paths = [absolute];
    if (hasWildcard(absolute)) {
      const names = listings.get(directory);
      if (!listings.has(directory)) wanted.add(`${directory}/`);
      if (names === undefined) return listings.has(directory) ? [] : undefined;
      paths = [
        ...matchPaths(
          absolute,
          names.map((name) => (directory === '/' ? `/${name}` : `${directory}/${name}`)),
        ),
      ];
    }
    const missing = paths.filter((one) => !files.has(one));
    for (const one of missing) wanted.add(one);
    if (missing.length > 0) return undefined;
    return paths.flatMap((one) => {
      const content = files.get(one);
      return content === undefined ? [] : [{ path: one, text: content }];
    });
  };

  for (let round = 0; round < MAX_ROUNDS && files.size < MAX_FILES; round += 1) {
    wanted.clear();
    parseCorefile(text, { expand: true, resolveImport });
    if (wanted.size === 0) break;
    for (const one of wanted) {
      if (one.endsWith('/')) listings.set(one.slice(0, -1), await disk.list(one.slice(0, -1) || '/'));
      else files.set(one, await disk.read(one));
    }
  }
  return { resolveImport, files: present() };
}
