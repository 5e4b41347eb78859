/**
 * Registers what the editor offers on Corefiles. The answers come from a chunk of its own, loaded when the editor first
 * asks: most windows never open a Corefile. Which documents are asked about is decided here, by language and scheme.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { COREFILE_SELECTOR, EMBEDDED_SELECTOR } from './corefileSelectors.ts';
import type { LanguageOptions } from './corefileSpots.ts';
import type { LanguageProviders } from './providers/openProviders.ts';
import { SEMANTIC_TYPES } from './semanticTypes.ts';

export class CorefileLanguage extends Disposable {
  constructor(options: LanguageOptions) {
    super();
    let opening: Promise<LanguageProviders> | undefined;
    const load = (): Promise<LanguageProviders> =>
      (opening ??= import('./providers/openProviders.ts').then(({ openProviders }) => openProviders(options)));
    const legend = new vscode.SemanticTokensLegend(Object.values(SEMANTIC_TYPES));
    const orderChanged = this._register(new vscode.EventEmitter<void>());
    this._register(options.settings.onDidChange(() => orderChanged.fire()));
    const whole = [...COREFILE_SELECTOR];
    const every = [...COREFILE_SELECTOR, ...EMBEDDED_SELECTOR];
    const { languages } = vscode;
    for (const registered of [
      languages.registerCompletionItemProvider(
        every,
        { provideCompletionItems: async (...asked) => (await load()).writing.provideCompletionItems(...asked) },
        ...[' ', '/', '('],
      ),
      languages.registerHoverProvider(every, {
        provideHover: async (...asked) => (await load()).writing.provideHover(...asked),
      }),
      languages.registerSignatureHelpProvider(
        every,
        { provideSignatureHelp: async (...asked) => (await load()).writing.provideSignatureHelp(...asked) },
        ' ',
      ),
      languages.registerDefinitionProvider(every, {
        provideDefinition: async (...asked) => (await load()).navigation.provideDefinition(...asked),
      }),
      languages.registerReferenceProvider(every, {
        provideReferences: async (...asked) => (await load()).navigation.provideReferences(...asked),
      }),
      languages.registerRenameProvider(every, {
        prepareRename: async (...asked) => (await load()).navigation.prepareRename(...asked),
        provideRenameEdits: async (...asked) => (await load()).navigation.provideRenameEdits(...asked),
      }),
      languages.registerDocumentHighlightProvider(every, {
        provideDocumentHighlights: async (...asked) => (await load()).navigation.provideDocumentHighlights(...asked),
      }),
      languages.registerInlayHintsProvider(every, {
        onDidChangeInlayHints: orderChanged.event,
        provideInlayHints: async (...asked) => (await load()).order.provideInlayHints(...asked),
      }),
      languages.registerDocumentSymbolProvider(
        whole,
        { provideDocumentSymbols: async (...asked) => (await load()).structure.provideDocumentSymbols(...asked) },
        { label: 'Corefile' },
      ),
      languages.registerFoldingRangeProvider(whole, {
        provideFoldingRanges: async (...asked) => (await load()).structure.provideFoldingRanges(...asked),
      }),
      languages.registerSelectionRangeProvider(whole, {
        provideSelectionRanges: async (...asked) => (await load()).structure.provideSelectionRanges(...asked),
      }),
      languages.registerDocumentSemanticTokensProvider(
        whole,
        {
          provideDocumentSemanticTokens: async (...asked) =>
            (await load()).tokens.provideDocumentSemanticTokens(...asked),
        },
        legend,
      ),
      languages.registerDocumentFormattingEditProvider(whole, {
        provideDocumentFormattingEdits: async (...asked) =>
          (await load()).formatter.provideDocumentFormattingEdits(...asked),
      }),
      languages.registerDocumentRangeFormattingEditProvider(whole, {
        provideDocumentRangeFormattingEdits: async (...asked) =>
          (await load()).formatter.provideDocumentRangeFormattingEdits(...asked),
      }),
    ])
      this._register(registered);
  }
}
