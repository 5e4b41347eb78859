import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';

const SCHEME = 'dnscope-text';

/** Read-only documents with text of ours, such as the objects a trace would create. */
export class PlainDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    super();
    this._register(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this._register(vscode.workspace.onDidCloseTextDocument((document) => this.#texts.delete(String(document.uri))));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(String(uri)) ??
      `${l10n.t('This text is no longer kept. Start again from the command that showed it.')}\n`
    );
  }

  /** @param name file name with the ending that chooses the language; no slash */
  async show(name: string, text: string): Promise<vscode.Uri> {
    const uri = this.add(name, text);
    await vscode.window.showTextDocument(uri, { preview: true });
    return uri;
  }

  /** A text to be opened by its address, for one side of a comparison. */
  add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${name.replaceAll('/', ' ')}`,
      query: String(this.#count++),
    });
    this.#texts.set(String(uri), text);
    return uri;
  }

  /** Closes the tabs that show it. */
  release(uri: vscode.Uri): void {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const ours = tabs.filter(
      ({ input }) =>
        (input instanceof vscode.TabInputText && String(input.uri) === String(uri)) ||
        (input instanceof vscode.TabInputTextDiff && String(input.original) === String(uri)),
    );
    if (ours.length > 0) void vscode.window.tabGroups.close(ours);
  }
}
