import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import { mayHoldCorefile } from '../../core/corefile/manifest/corefileKeys.ts';
import type { CorefileParts, CorefilePartsOptions } from './corefileParts.ts';

/** Loads the Corefile parts when a Corefile is opened (by itself or inside YAML), a cluster is connected, or somebody asks. */
export class LazyCorefileParts extends Disposable {
  readonly #options: CorefilePartsOptions;
  readonly #didLoad = this._register(new Emitter<void>());
  readonly onDidLoad = this.#didLoad.event;
  #loading: Promise<CorefileParts> | undefined;
  #loaded: CorefileParts | undefined;

  constructor(options: CorefilePartsOptions) {
    super();
    this.#options = options;
    this._register(vscode.workspace.onDidOpenTextDocument((document) => this.#look(document)));
    this._register(
      options.connection.onDidChange(() => {
        if (options.connection.state.kind === 'open') void options.notify.guard(this.load());
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#look(document);
  }

  get loaded(): CorefileParts | undefined {
    return this.#loaded;
  }

  load(): Promise<CorefileParts> {
    this.#loading ??= import('./corefileParts.ts').then(({ CorefileParts: Parts }) => {
      this.#loaded = this._register(new Parts(this.#options));
      this.#didLoad.fire();
      return this.#loaded;
    });
    return this.#loading;
  }

  #look(document: vscode.TextDocument): void {
    if (this.#loading !== undefined) return;
    const { languageId } = document;
    if (languageId === 'corefile' || (languageId === 'yaml' && mayHoldCorefile(document.getText())))
      void this.#options.notify.guard(this.load());
  }
}
