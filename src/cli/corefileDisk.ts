/**
 * The disk as imports of a Corefile see it: names and texts, nothing else. Symbolic links that lead out of `root` and what
 * is no plain file are not there. Paths are absolute, with slashes, on Windows `/C:/…`.
 */
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CorefileDisk } from '../core/corefile/manifest/diskImports.ts';

const MAX_BYTES = 2_000_000;

export function slashPath(file: string): string {
  const absolute = path.resolve(file).replaceAll('\\', '/');
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}

export function nativePath(slashed: string): string {
  return /^\/[A-Za-z]:\//u.test(slashed) ? slashed.slice(1) : slashed;
}

/** How a file is called in reports: as seen from the working directory. */
export function shownPath(slashed: string): string {
  const relative = path.relative('', nativePath(slashed)).replaceAll('\\', '/');
  return relative === '' || relative.startsWith('../') ? nativePath(slashed) : relative;
}

/** What a Corefile may import from: the working directory when the file is in it, else the file's own directory. */
export function rootOf(slashed: string): string {
  const here = slashPath('.');
  return here !== '/' && slashed.startsWith(`${here}/`) ? here : slashed.slice(0, slashed.lastIndexOf('/')) || '/';
}

export function corefileDisk(root: string): CorefileDisk {
  const inside = async (file: string): Promise<string | undefined> => {
    const [real, top] = await Promise.all([realpath(nativePath(file)), realpath(nativePath(root))]);
    return real === top || real.startsWith(top.endsWith(path.sep) ? top : top + path.sep) ? real : undefined;
  };
  return {
    list: async (directory) => {
      try {
        const real = await inside(directory);
        return real === undefined ? undefined : await readdir(real);
      } catch {
        return undefined;
      }
    },
    read: async (file) => {
      try {
        const real = await inside(file);
        if (real === undefined) return undefined;
        const { size, isFile } = await plain(real);
        return isFile && size <= MAX_BYTES ? await readFile(real, 'utf8') : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function plain(file: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(file);
  return { size: found.size, isFile: found.isFile() };
}
