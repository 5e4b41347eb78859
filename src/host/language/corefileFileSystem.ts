/**
 * The live Corefiles as files: each key of the ConfigMaps that CoreDNS and NodeLocal read. A cluster is held while one of
 * its files is open, so a change shows at once. A file's time of change moves only when its own text does: then VS Code
 * tells somebody who has edited it that it is newer in the cluster.
 *
 * Nothing is written here. `apply` gets what was edited together with what it was edited from; without it files are
 * read-only.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import { type Problem, ProblemError, toProblem } from '../../base/problem.ts';
import { purposeOfKey } from '../../core/corefile/manifest/corefileKeys.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import { NODE_LOCAL_MAP } from '../../session/cluster/coreDns.ts';
import { type LiveCorefile, findLive, withText } from '../../session/cluster/liveCorefiles.ts';
import { readCorefile } from '../../session/cluster/readCorefile.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import { sentence } from '../notify.ts';
import { COREFILE_LANGUAGE } from './corefileSelectors.ts';
import { EditBases } from './editBases.ts';
import { COREFILE_SCHEME, type LivePath, livePath, liveUri, placeOf } from './corefileUri.ts';

/** A saved edit of one live file. */
export interface CorefileWrite {
  readonly uri: vscode.Uri;
  readonly context: string;
  readonly place: CorefilePlace;
  readonly text: string;
  /** What the editor last read. */
  readonly base: { readonly text: string; readonly resourceVersion: string };
}

/** Checks, asks, writes and follows a change. Resolves when the cluster has it; rejects with what the user should read. */
export type ApplyCorefile = (write: CorefileWrite) => Promise<void>;

interface Followed {
  readonly lease: ClusterLease;
  readonly stop: { dispose(): void };
  /** Text and time of change of each file that somebody asked for. */
  readonly known: Map<string, { readonly text: string; readonly mtime: number }>;
}

/** How long a cluster is held after a look at a file that nobody opened. */
const LINGER_MS = 30_000;
const WATCH_PATIENCE_MS = 3000;

export class CorefileFileSystem extends Disposable implements vscode.FileSystemProvider {
  readonly #connection: ClusterConnection;
  readonly #apply: ApplyCorefile | undefined;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;
  readonly #clusterChanged = this._register(new Emitter<string>());
  /** Something in the cluster of that context changed, while its files are followed. */
  readonly onDidChangeCluster = this.#clusterChanged.event;
  readonly #followed = new Map<string, Promise<Followed>>();
  readonly #open = new Map<string, Followed>();
  /** New keys, empty files until their first save. */
  readonly #drafts = new Set<string>();
  readonly #bases: EditBases;
  readonly #lingering = new Map<string, NodeJS.Timeout>();
  readonly #reasons = new Map<string, vscode.TextDocumentSaveReason>();

  /** @param memory of this workspace */
  constructor(connection: ClusterConnection, memory: vscode.Memento, apply?: ApplyCorefile) {
    super();
    this.#connection = connection;
    this.#bases = new EditBases(memory);
    this.#apply = apply;
    this._register(
      vscode.workspace.registerFileSystemProvider(COREFILE_SCHEME, this, {
        isCaseSensitive: true,
        isReadonly:
          apply !== undefined
            ? false
            : new vscode.MarkdownString(
                l10n.t(
                  'A live Corefile is read-only here. Change the ConfigMap where it is kept, or with `kubectl edit`.',
                ),
              ),
      }),
    );
    this._register(vscode.workspace.onDidOpenTextDocument((document) => void setLanguage(document)));
    this._register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#onClosed(uri)));
    this._register(
      vscode.workspace.onWillSaveTextDocument(({ document: { uri }, reason }) => {
        if (uri.scheme === COREFILE_SCHEME) this.#reasons.set(String(uri), reason);
      }),
    );
    this._register({
      dispose: () => {
        for (const timer of this.#lingering.values()) clearTimeout(timer);
        for (const context of [...this.#followed.keys()]) this.#release(context);
      },
    });
  }

  /** The context whose main Corefile the document shows; `undefined` for any other document. */
  contextOf(uri: vscode.Uri): string | undefined {
    const path = uri.scheme === COREFILE_SCHEME ? livePath(uri) : undefined;
    return path?.key === 'Corefile' && path.name !== NODE_LOCAL_MAP ? path.context : undefined;
  }

  /** The model behind an open live file; `undefined` while it is not connected. */
  leaseOf(uri: vscode.Uri): ClusterLease | undefined {
    const context = uri.scheme === COREFILE_SCHEME ? livePath(uri)?.context : undefined;
    return context === undefined ? undefined : this.#open.get(context)?.lease;
  }

  /**
   * Opens one part, the main Corefile unless one is named; with a proposal as its edited, unsaved text.
   * @throws ProblemError `corefile-not-found`, `forbidden`, `cluster-unreachable`, …
   */
  async open(context: string, place?: CorefilePlace, proposal?: string): Promise<void> {
    const { lease } = await this.#hold(context);
    const target = place ?? lease.model.view.corefile ?? (await readCorefile(lease.kube));
    const document = await vscode.workspace.openTextDocument(liveUri(context, target));
    await setLanguage(document);
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    if (proposal === undefined) return;
    // What was typed there since is nobody's to replace.
    if (document.isDirty && document.getText() !== proposal)
      return void (await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ language: COREFILE_LANGUAGE, content: proposal }),
      ));
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, proposal));
  }

  /** Opens a key that its ConfigMap does not have yet, with `text` in it. The first save creates it; closed before, nothing was. */
  async create(context: string, place: CorefilePlace, text: string): Promise<void> {
    this.#drafts.add(String(liveUri(context, place)));
    await this.open(context, place, text);
  }

  watch(): vscode.Disposable {
    // Every file of a cluster that is held is watched.
    return { dispose: () => undefined };
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const path = livePath(uri);
    const place = path === undefined ? undefined : placeOf(path);
    if (path === undefined || place === undefined) {
      if (path?.name !== undefined) await this.#entries(uri, path);
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    }
    const { followed, part } = await this.#part(uri, path.context, place);
    const known = remember(followed, uri, part);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: known.mtime,
      size: new TextEncoder().encode(known.text).length,
    };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const path = livePath(uri);
    if (path === undefined) return [];
    const type = path.name === undefined ? vscode.FileType.Directory : vscode.FileType.File;
    return (await this.#entries(uri, path)).map((name) => [name, type]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const path = livePath(uri);
    const place = path === undefined ? undefined : placeOf(path);
    if (path === undefined || place === undefined) throw vscode.FileSystemError.FileIsADirectory(uri);
    const { followed, part } = await this.#part(uri, path.context, place);
    remember(followed, uri, part);
    this.#bases.keep(uri, { text: part.text, resourceVersion: part.resourceVersion });
    return new TextEncoder().encode(part.text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const path = livePath(uri);
    const place = path === undefined ? undefined : placeOf(path);
    if (this.#apply === undefined || path === undefined || place === undefined)
      throw vscode.FileSystemError.NoPermissions(uri);
    const reason = this.#reasons.get(String(uri)) ?? vscode.TextDocumentSaveReason.Manual;
    this.#reasons.delete(String(uri));
    // It would ask its questions at every pause in typing. VS Code saves by itself no more after an error.
    if (reason !== vscode.TextDocumentSaveReason.Manual)
      throw unavailable({
        code: 'auto-save',
        detail: l10n.t('Auto save does not write to a cluster'),
        recover: l10n.t('Save the file yourself: the change is then checked and asked for'),
      });
    const base = this.#bases.of(uri) ?? this.#bases.restored(uri, (await this.#part(uri, path.context, place)).part);
    if (base === undefined)
      throw unavailable({
        code: 'base-unknown',
        detail: l10n.t(
          'The text in the cluster is not the one that this edit was made from, or that one is not known any more',
        ),
        recover: l10n.t('Run "File: Compare Active File with Saved", look at the differences, and save again'),
      });
    const text = new TextDecoder().decode(content);
    await this.#apply({ uri, context: path.context, place, text, base });
    // The next save is made from this text. Its version is not known here, and equal texts need none.
    this.#bases.keep(uri, { text, resourceVersion: '' });
    const { followed } = await this.#part(uri, path.context, place);
    await settled(followed.lease, () => findLive(followed.lease.model.corefiles, place)?.text === text);
    const part = findLive(followed.lease.model.corefiles, place);
    if (part === undefined) return;
    this.#drafts.delete(String(uri));
    remember(followed, uri, part);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** Names below a folder. */
  async #entries(uri: vscode.Uri, { context, namespace, name }: LivePath): Promise<readonly string[]> {
    const { lease } = await this.#following(uri, context);
    const places = lease.model.corefiles.parts
      .map(({ place }) => place)
      .filter((place) => namespace === undefined || place.namespace === namespace)
      .filter((place) => name === undefined || place.name === name);
    if (places.length === 0 && namespace !== undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const level = namespace === undefined ? 'namespace' : name === undefined ? 'name' : 'key';
    return [...new Set(places.map((place) => place[level]))];
  }

  async #part(
    uri: vscode.Uri,
    context: string,
    place: CorefilePlace,
  ): Promise<{ readonly followed: Followed; readonly part: LiveCorefile }> {
    const followed = await this.#following(uri, context);
    const part = this.#find(followed, uri, place);
    if (part !== undefined) return { followed, part };
    const missing = followed.lease.model.problems.find(({ resource }) => resource === 'configmaps');
    throw missing === undefined ? vscode.FileSystemError.FileNotFound(uri) : unavailable(missing);
  }

  #find({ lease }: Followed, uri: vscode.Uri, place: CorefilePlace): LiveCorefile | undefined {
    const live = lease.model.corefiles;
    const found = findLive(live, place);
    return found ?? (this.#drafts.has(String(uri)) ? findLive(withText(live, place, ''), place) : undefined);
  }

  /** As `#follow`, with errors as a file system tells them. */
  async #following(uri: vscode.Uri, context: string): Promise<Followed> {
    try {
      return await this.#hold(context);
    } catch (error) {
      if (error instanceof ProblemError || error instanceof Error) throw unavailable(toProblem(error, 'unavailable'));
      throw vscode.FileSystemError.Unavailable(uri);
    }
  }

  /** Follows the cluster, for a while only when no file of it is opened. */
  async #hold(context: string): Promise<Followed> {
    const followed = await this.#follow(context);
    if (!this.#isOpen(context)) this.#linger(context);
    return followed;
  }

  #follow(context: string): Promise<Followed> {
    let following = this.#followed.get(context);
    if (following === undefined) {
      following = this.#connect(context);
      this.#followed.set(context, following);
      following.catch(() => this.#followed.delete(context));
    }
    return following;
  }

  async #connect(context: string): Promise<Followed> {
    const lease = await this.#connection.acquire(context);
    await lease.model.whenReady();
    const known: Followed['known'] = new Map();
    const followed: Followed = {
      lease,
      known,
      stop: lease.model.onDidChange(() => this.#tellChanges(context, followed)),
    };
    this.#open.set(context, followed);
    return followed;
  }

  #tellChanges(context: string, followed: Followed): void {
    const { known } = followed;
    const changes: vscode.FileChangeEvent[] = [];
    for (const [key, { text }] of known) {
      const uri = vscode.Uri.parse(key);
      const path = livePath(uri);
      const place = path === undefined ? undefined : placeOf(path);
      const now = place === undefined || path?.context !== context ? undefined : this.#find(followed, uri, place);
      if (now?.text === text) continue;
      if (now === undefined) known.delete(key);
      changes.push({ type: now === undefined ? vscode.FileChangeType.Deleted : vscode.FileChangeType.Changed, uri });
    }
    if (changes.length > 0) this.#changed.fire(changes);
    this.#clusterChanged.fire(context);
  }

  #isOpen(context: string): boolean {
    return vscode.workspace.textDocuments.some(
      ({ uri, isClosed }) => !isClosed && uri.scheme === COREFILE_SCHEME && livePath(uri)?.context === context,
    );
  }

  #onClosed(uri: vscode.Uri): void {
    const context = uri.scheme === COREFILE_SCHEME ? livePath(uri)?.context : undefined;
    // VS Code also tells a close when a document only gets another language.
    if (context === undefined || vscode.workspace.textDocuments.some((open) => String(open.uri) === String(uri)))
      return;
    this.#bases.forget(uri);
    this.#drafts.delete(String(uri));
    if (!this.#isOpen(context)) this.#linger(context);
  }

  #linger(context: string): void {
    clearTimeout(this.#lingering.get(context));
    this.#lingering.set(
      context,
      setTimeout(() => {
        this.#lingering.delete(context);
        if (!this.#isOpen(context)) this.#release(context);
      }, LINGER_MS),
    );
  }

  #release(context: string): void {
    const following = this.#followed.get(context);
    this.#followed.delete(context);
    this.#open.delete(context);
    void following?.then(
      ({ stop, lease }) => {
        stop.dispose();
        lease.dispose();
      },
      () => undefined,
    );
  }
}

/** Until the watch has brought what was written, or for three seconds: somebody may have changed it again. */
function settled({ model }: ClusterLease, isThere: () => boolean): Promise<void> {
  if (isThere()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(finish, WATCH_PATIENCE_MS);
    const listening = model.onDidChange(() => {
      if (isThere()) finish();
    });
  });
}

/**
 * The text with the time of the ConfigMap's last write by the API server's clock: VS Code compares times, also with one from
 * before a reload of the window, and a resourceVersion is none.
 */
function remember(
  { known }: Followed,
  uri: vscode.Uri,
  { text, writtenMs }: LiveCorefile,
): { readonly text: string; readonly mtime: number } {
  const key = String(uri);
  const before = known.get(key);
  if (before?.text === text) return before;
  const now = { text, mtime: Math.max(writtenMs ?? 0, (before?.mtime ?? 0) + 1) };
  known.set(key, now);
  return now;
}

function unavailable(problem: Problem): vscode.FileSystemError {
  const text = sentence(problem).replaceAll('\n', ' ');
  return problem.code === 'forbidden' || problem.code === 'untrusted-workspace'
    ? vscode.FileSystemError.NoPermissions(text)
    : vscode.FileSystemError.Unavailable(text);
}

/** `a.server` and `b.override` say what they are only here. */
async function setLanguage(document: vscode.TextDocument): Promise<void> {
  if (document.uri.scheme !== COREFILE_SCHEME || document.languageId === COREFILE_LANGUAGE) return;
  const key = livePath(document.uri)?.key ?? '';
  if (purposeOfKey(key) !== undefined) await vscode.languages.setTextDocumentLanguage(document, COREFILE_LANGUAGE);
}
