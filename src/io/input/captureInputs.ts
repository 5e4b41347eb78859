/**
 * From what the user names to the captures in it: files, folders of captures (Dumpy exports, downloads), tar archives (Retina), archives
 * in archives, pipes. Judged by content, never by name. Archives are unpacked into a private folder, within half of the room there is;
 * folders and archives pass over what is no capture, a file named by the user must be one.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Problem } from '../../base/problem.ts';
import type { SpoolFile, SpoolFolder } from '../spool.ts';
import { HEAD_LENGTH, kindOf, type CaptureKind } from './captureKind.ts';
import { FileSource, fileBytes, readProblem, StreamSource, type CaptureSource } from './captureSource.ts';
import { decompressed, missingDecompressor } from './decompressed.ts';
import { TarReader, type EntrySink } from './tarReader.ts';

export interface CaptureInput {
  /** What to call it: the path, and for what lies in an archive, the archive's path and the entry's. Hostile text. */
  readonly label: string;
  readonly source: CaptureSource;
  /** Known to have been cut before it came here. */
  readonly cut: boolean;
}

export interface FoundInputs {
  readonly inputs: readonly CaptureInput[];
  /** What could not be opened. */
  readonly refused: readonly { readonly label: string; readonly problem: Problem }[];
  /** Text files that Retina puts beside its captures. */
  readonly notes: readonly { readonly label: string; readonly text: string }[];
}

export interface FindOptions {
  readonly spools: SpoolFolder;
  /** Standard input, for the path `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Keep what streams by, so that packets can be read back. */
  readonly keepBytes: boolean;
  /** Stops looking; what was found until then stays. */
  readonly signal?: AbortSignal;
}

const DEEPEST = 8;
const MOST_INPUTS = 4000;
/** Looked at below a folder. */
const MOST_FILES = 20_000;
/** Open files are few; more captures than this are opened anew for each piece. */
const MOST_HELD_OPEN = 100;
const NOTES: ReadonlySet<string> = new Set(['ip-resources.txt', 'iptables-rules.txt']);
const LONGEST_NOTE = 4 * 1024 * 1024;

export async function findInputs(paths: readonly string[], options: FindOptions): Promise<FoundInputs> {
  const finder = new Finder(options);
  for (const file of paths) if (options.signal?.aborted !== true) await finder.add(file);
  return finder;
}

class Finder implements FoundInputs {
  readonly inputs: CaptureInput[] = [];
  readonly refused: { readonly label: string; readonly problem: Problem }[] = [];
  readonly notes: { readonly label: string; readonly text: string }[] = [];
  readonly #options: FindOptions;
  #spooled = 0;

  constructor(options: FindOptions) {
    this.#options = options;
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async add(file: string): Promise<void> {
    try {
      if (file === '-') this.#addStdin();
      else {
        const stat = fs.statSync(file);
        if (stat.isDirectory()) await this.#addFolder(file);
        else if (stat.isFile()) await this.#addFile(file, file, { named: true, cut: false, depth: 0 });
        else this.#addPipe(file, fs.createReadStream(file));
      }
    } catch (error) {
      this.#refuse(file, readProblem(file, error));
    }
  }

  #refuse(label: string, problem: Problem): void {
    this.refused.push({ label, problem });
  }

  #addInput(label: string, source: CaptureSource, cut = false): void {
    if (this.inputs.length < MOST_INPUTS) this.inputs.push({ label, source, cut });
    else if (this.refused.at(-1)?.problem.code !== 'too-many-captures') {
      this.#refuse(label, {
        code: 'too-many-captures',
        detail: `There are more than ${String(MOST_INPUTS)} captures; this one and what follows is left out`,
        recover: 'Open fewer at a time, or join them with mergecap',
      });
    }
  }

  #addStdin(): void {
    const { stdin } = this.#options;
    if (stdin !== undefined) {
      this.#addPipe('-', stdin);
      return;
    }
    this.#refuse('-', {
      code: 'no-standard-input',
      detail: 'There is no standard input to read',
      recover: 'Give a file, or use dnscope analyze - behind a pipe',
    });
  }

  #addPipe(label: string, input: AsyncIterable<Uint8Array>): void {
    this.#addInput(label, new StreamSource(() => input, false, this.#openSpool()));
  }

  #openSpool(): (() => SpoolFile) | undefined {
    return this.#options.keepBytes ? () => this.#options.spools.open(this.#spooled++) : undefined;
  }

  async #addFolder(folder: string): Promise<void> {
    const before = this.inputs.length + this.refused.length;
    const files = filesUnder(folder);
    for (const file of files) {
      if (this.#isAborted) return;
      try {
        if (fs.statSync(file).isFile()) await this.#addFile(file, file, { named: false, cut: false, depth: 0 });
      } catch (error) {
        this.#refuse(file, readProblem(file, error));
      }
    }
    if (this.inputs.length + this.refused.length === before) {
      this.#refuse(folder, {
        code: 'no-capture-in-folder',
        detail: `${folder} holds no capture`,
        recover: 'Choose a folder of captures (pcap, pcapng; compressed or in tar archives)',
      });
    }
  }

  /** @param how.named the user named this very file, so that it has to be a capture */
  async #addFile(
    file: string,
    label: string,
    how: { readonly named: boolean; readonly cut: boolean; readonly depth: number },
  ): Promise<void> {
    const before = this.inputs.length;
    const kind = kindOf(headOf(file));
    if (kind === 'gzip' || kind === 'zstd') await this.#addCompressed(file, label, kind, how);
    else if (kind === 'tar') await this.#addArchive(fileBytes(file), label, how.depth);
    else if (kind === 'capture' || how.named) {
      // What is none says so itself when it is read.
      this.#addInput(label, new FileSource(file, this.inputs.length < MOST_HELD_OPEN), how.cut);
    } else this.#addNote(file, label);
    if (how.named && kind !== 'capture' && this.inputs.length === before && this.refused.length === 0) {
      this.#refuse(label, {
        code: 'no-capture-in-archive',
        detail: `${label} holds no capture`,
        recover: 'Choose an archive of captures (pcap, pcapng)',
      });
    }
  }

  #addNote(file: string, label: string): void {
    if (NOTES.has(path.basename(label)) && fs.statSync(file).size <= LONGEST_NOTE)
      this.notes.push({ label, text: fs.readFileSync(file, 'utf8') });
  }

  async #addCompressed(
    file: string,
    label: string,
    compression: 'gzip' | 'zstd',
    { named, cut, depth }: { readonly named: boolean; readonly cut: boolean; readonly depth: number },
  ): Promise<void> {
    const missing = missingDecompressor(compression);
    if (missing !== undefined) {
      this.#refuse(label, missing);
      return;
    }
    const head = await headOfCompressed(file, compression);
    const kind = kindOf(head);
    if (kind === 'tar') await this.#addArchive(decompressed(fileBytes(file), compression), label, depth);
    else if (kind === 'capture' || (named && kind === undefined))
      this.#addInput(label, new StreamSource(() => fileBytes(file), true, this.#openSpool()), cut);
  }

  async #addArchive(
    bytes: AsyncGenerator<Uint8Array, { readonly cut: boolean; readonly problem?: Problem } | undefined | void>,
    label: string,
    depth: number,
  ): Promise<void> {
    if (depth >= DEEPEST) return;
    const entries: UnpackedEntry[] = [];
    const reader = new TarReader((name) => {
      const entry = new UnpackedEntry(name, () => this.#options.spools.open(this.#spooled++));
      entries.push(entry);
      return entry;
    });
    let end = await bytes.next();
    for (; end.done !== true && reader.problem === undefined && !this.#isAborted; end = await bytes.next())
      reader.push(end.value);
    await bytes.return(undefined);
    reader.end();
    const problem = reader.problem ?? (end.done === true ? end.value?.problem : undefined);
    if (problem !== undefined) this.#refuse(label, problem);
    for (const entry of entries) {
      const inside = `${label}/${entry.name}`;
      if (entry.note !== undefined) this.notes.push({ label: inside, text: entry.note });
      if (entry.spool === undefined) continue;
      entry.spool.dispose();
      if (entry.spool.problem === undefined)
        await this.#addFile(entry.spool.path, inside, { named: false, cut: !entry.isWhole, depth: depth + 1 });
      else {
        this.#refuse(inside, {
          code: 'no-room-to-unpack',
          detail: `There is no room to unpack ${inside}: ${entry.spool.problem.detail}`,
          recover: 'Make room on that disk, or unpack the archive and open what you need of it',
        });
      }
    }
  }
}

/** An entry of an archive: kept when its first bytes are those of a capture, as text when it is a note, else passed over. */
class UnpackedEntry implements EntrySink {
  readonly name: string;
  readonly #open: () => SpoolFile;
  readonly #isNote: boolean;
  #head: Uint8Array | undefined = new Uint8Array(0);
  #noteLength = 0;
  readonly #noteParts: Uint8Array[] = [];
  spool: SpoolFile | undefined;
  isWhole = false;

  constructor(name: string, open: () => SpoolFile) {
    this.name = name;
    this.#open = open;
    this.#isNote = NOTES.has(path.posix.basename(name));
  }

  get note(): string | undefined {
    return this.#isNote && this.#noteLength <= LONGEST_NOTE
      ? Buffer.concat(this.#noteParts).toString('utf8')
      : undefined;
  }

  data(bytes: Uint8Array): void {
    if (this.#isNote) {
      this.#noteLength += bytes.length;
      if (this.#noteLength <= LONGEST_NOTE) this.#noteParts.push(bytes.slice());
    } else if (this.#head === undefined) this.spool?.append(bytes);
    else {
      this.#head = Buffer.concat([this.#head, bytes]);
      if (this.#head.length >= HEAD_LENGTH) this.#decide(this.#head);
    }
  }

  end(whole: boolean): void {
    this.isWhole = whole;
    if (this.#head !== undefined) this.#decide(this.#head);
  }

  #decide(head: Uint8Array): void {
    this.#head = undefined;
    if (this.#isNote || kindOf(head) === undefined) return;
    this.spool = this.#open();
    this.spool.append(head);
  }
}

/** Files below a folder in the order of their names; hidden folders, links to folders and what lies very deep are left out. */
function filesUnder(folder: string): readonly string[] {
  const files: string[] = [];
  const walk = (at: string, depth: number): void => {
    const entries = fs.readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (files.length >= MOST_FILES) return;
      const file = path.join(at, entry.name);
      if (entry.isFile() || entry.isSymbolicLink()) files.push(file);
      else if (entry.isDirectory() && depth < DEEPEST && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        walk(file, depth + 1);
    }
  };
  walk(folder, 1);
  return files;
}

function headOf(file: string): Uint8Array {
  const fd = fs.openSync(file, 'r');
  try {
    const head = new Uint8Array(HEAD_LENGTH);
    return head.subarray(0, fs.readSync(fd, head, 0, HEAD_LENGTH, 0));
  } finally {
    fs.closeSync(fd);
  }
}

async function headOfCompressed(
  file: string,
  compression: Exclude<CaptureKind, 'capture' | 'tar'>,
): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of decompressed(fileBytes(file), compression)) {
    head = Buffer.concat([head, chunk.subarray(0, HEAD_LENGTH)]);
    if (head.length >= HEAD_LENGTH) break;
  }
  return head;
}
