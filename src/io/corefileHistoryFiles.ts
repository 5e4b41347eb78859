/**
 * The history of Corefiles on this machine: a file for each key of each ConfigMap of each cluster, so that a busy cluster
 * never pushes another one's versions out, and what is not looked at is not read. Files are written beside and renamed, so a
 * reader meets the old or the new one; what cannot be read has no versions and is replaced by the next write. Only this user
 * may read them: a Corefile may hold a secret. Two windows that write the same file at once lose one version at most.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import type { CorefileHistoryStore, HistoryPlace, SeenVersion } from '../session/change/corefileChangeTypes.ts';

const FORMAT = 1;
const ENDING = '.json';
const MAX_FILES = 100;
const MAX_BYTES = 20_000_000;
/** Above this a file is none of ours. */
const MAX_FILE_BYTES = 8_000_000;
/** A window that was killed while it wrote. */
const ABANDONED_MS = 3_600_000;

interface HistoryFile {
  readonly place: HistoryPlace;
  readonly versions: readonly SeenVersion[];
}

export class CorefileHistoryFiles implements CorefileHistoryStore {
  readonly #folder: string;
  #count = 0;

  /** @param folder nothing else lives in it; made with the first write */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(place: HistoryPlace): Promise<readonly SeenVersion[]> {
    const file = await this.#read(nameOf(place));
    return file !== undefined && isSame(file.place, place) ? file.versions : [];
  }

  async save(place: HistoryPlace, versions: readonly SeenVersion[]): Promise<void> {
    await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { server, namespace, name, key } = place;
    const text = JSON.stringify({
      format: FORMAT,
      server,
      namespace,
      name,
      key,
      versions: versions.map(({ text: one, absent, resourceVersion, time, cause }) => ({
        text: one,
        absent,
        resourceVersion,
        time,
        cause,
      })),
    });
    const target = nameOf(place);
    this.#count += 1;
    const beside = path.join(this.#folder, `${target}.${String(process.pid)}-${String(this.#count)}.tmp`);
    try {
      await fs.writeFile(beside, text, { mode: 0o600, flag: 'wx' });
      await fs.rename(beside, path.join(this.#folder, target));
    } catch (error) {
      await fs.rm(beside, { force: true });
      throw error;
    }
    await this.#prune(target);
  }

  async places(): Promise<readonly HistoryPlace[]> {
    const names = (await this.#names()).filter((name) => name.endsWith(ENDING));
    const files = await Promise.all(names.map(async (name) => ({ name, file: await this.#read(name) })));
    return files.flatMap(({ name, file }) =>
      file !== undefined && file.versions.length > 0 && nameOf(file.place) === name ? [file.place] : [],
    );
  }

  async clear(place?: HistoryPlace): Promise<void> {
    const target = place === undefined ? this.#folder : path.join(this.#folder, nameOf(place));
    await fs.rm(target, { recursive: true, force: true });
  }

  async #names(): Promise<readonly string[]> {
    return fs.readdir(this.#folder).catch(() => []);
  }

  async #read(name: string): Promise<HistoryFile | undefined> {
    const file = path.join(this.#folder, name);
    try {
      const { size } = await fs.stat(file);
      return size > MAX_FILE_BYTES ? undefined : parsed(JSON.parse(await fs.readFile(file, 'utf8')));
    } catch {
      return undefined; // none yet, or damaged
    }
  }

  /** The files that were not written for longest go first; never the one just written. */
  async #prune(written: string): Promise<void> {
    const found = await Promise.all(
      (await this.#names()).map(async (name) => {
        const file = path.join(this.#folder, name);
        const stat = await fs.stat(file).catch(() => undefined);
        return stat === undefined ? [] : [{ name, file, bytes: stat.size, writtenAt: stat.mtimeMs }];
      }),
    );
    const files = found.flat().sort((a, b) => b.writtenAt - a.writtenAt);
    let [count, bytes] = [0, 0];
    for (const one of files) {
      const isOurs = one.name.endsWith(ENDING);
      if (isOurs) {
        count += 1;
        bytes += one.bytes;
      }
      const isTooMuch = isOurs ? count > MAX_FILES || bytes > MAX_BYTES : one.writtenAt < Date.now() - ABANDONED_MS;
      if (isTooMuch && one.name !== written) await fs.rm(one.file, { force: true });
    }
  }
}

/** Names of clusters and keys are hostile, and no file name by themselves. */
function nameOf({ server, namespace, name, key }: HistoryPlace): string {
  const hash = createHash('sha256').update(JSON.stringify([server, namespace, name, key]));
  return `${hash.digest('hex').slice(0, 40)}${ENDING}`;
}

const isSame = (a: HistoryPlace, b: HistoryPlace): boolean =>
  a.server === b.server && a.namespace === b.namespace && a.name === b.name && a.key === b.key;

function parsed(value: unknown): HistoryFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, server, namespace, name, key, versions } = value as Readonly<Record<string, unknown>>;
  if (format !== FORMAT || !Array.isArray(versions)) return undefined;
  if (!isText(server) || !isText(namespace) || !isText(name) || !isText(key)) return undefined;
  const place = { server, namespace, name, key };
  return {
    place,
    versions: (versions as readonly unknown[]).flatMap((one) => {
      const version = versionIn(one);
      return version === undefined ? [] : [{ ...place, ...version }];
    }),
  };
}

const CAUSES: ReadonlySet<unknown> = new Set<SeenVersion['cause']>([
  'seen',
  'edit',
  'rollback',
  'automatic-rollback',
  'temporary',
  'temporary-end',
]);

function versionIn(value: unknown): Omit<SeenVersion, keyof HistoryPlace> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { text, absent, resourceVersion, time, cause } = value as Readonly<Record<string, unknown>>;
  if (!isText(text) || !isText(resourceVersion) || !isText(time) || Number.isNaN(Date.parse(time))) return undefined;
  if (!CAUSES.has(cause)) return undefined;
  return {
    text,
    ...(absent === true ? { absent } : {}),
    resourceVersion,
    time,
    cause: cause as SeenVersion['cause'],
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
