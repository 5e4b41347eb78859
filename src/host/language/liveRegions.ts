/** Live Corefiles with what is known of their cluster: imports, release, environment, and who imports them. */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { withMentions } from '../../core/corefile/diagnostic.ts';
import { lintLivePart, liveImports, liveOptions } from '../../session/cluster/lintLiveCorefiles.ts';
import { findLive, withText } from '../../session/cluster/liveCorefiles.ts';
import type { ClusterObservers } from './clusterObservers.ts';
import type { CorefileFileSystem } from './corefileFileSystem.ts';
import { type CorefileRegion, type RegionReader, wholeDocument } from './corefileRegions.ts';
import { COREFILE_LANGUAGE } from './corefileSelectors.ts';
import { COREFILE_SCHEME, livePath, liveUri, placeOf } from './corefileUri.ts';

/** A cluster in motion tells something several times a second. */
const RECHECK_MS = 500;

export class LiveRegions extends Disposable implements RegionReader {
  readonly #files: CorefileFileSystem;
  readonly #observers: ClusterObservers;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  /** Clusters that changed in another way than by a text. */
  readonly #stale = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(files: CorefileFileSystem, observers: ClusterObservers) {
    super();
    this.#files = files;
    this.#observers = observers;
    // A part may change what is found in the others.
    this._register(
      files.onDidChangeFile((changes) => this.#recheck(new Set(changes.map(({ uri }) => livePath(uri)?.context)))),
    );
    this._register(
      files.onDidChangeCluster((context) => {
        this.#stale.add(context);
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          const contexts = new Set(this.#stale);
          this.#stale.clear();
          this.#recheck(contexts);
        }, RECHECK_MS);
      }),
    );
    this._register({ dispose: () => clearTimeout(this.#timer) });
  }

  #recheck(contexts: ReadonlySet<string | undefined>): void {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === COREFILE_SCHEME && contexts.has(livePath(uri)?.context)) this.#changed.fire(uri);
  }

  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] | undefined {
    if (document.uri.scheme !== COREFILE_SCHEME || document.languageId !== COREFILE_LANGUAGE) return undefined;
    const whole = wholeDocument(document);
    const path = livePath(document.uri);
    const place = path === undefined ? undefined : placeOf(path);
    const lease = this.#files.leaseOf(document.uri);
    if (lease === undefined || path === undefined || place === undefined) return [whole];
    const { model } = lease;
    // Also a new key, which the cluster does not have yet.
    const live = withText(model.corefiles, place, whole.text);
    const part = findLive(live, place);
    if (part === undefined) return [whole];
    const resolveImport = liveImports(live, part);
    return [
      {
        ...whole,
        lint: {
          ...whole.lint,
          ...liveOptions(part, model.clusterFacts()),
          ...(resolveImport === undefined ? {} : { resolveImport }),
        },
        check: ({ version, severities }) => {
          this.#observers.look(model);
          return lintLivePart(model.corefiles, place, whole.text, model.clusterFacts(), {
            ...(version === undefined ? {} : { version }),
            ...(severities === undefined ? {} : { severities }),
          }).map((one) =>
            withMentions(one, (mention) => ({ ...mention, file: liveUri(path.context, mention.file.place) })),
          );
        },
      },
    ];
  }
}
