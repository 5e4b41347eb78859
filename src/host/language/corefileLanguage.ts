/** Registers what the editor offers on Corefiles. Each provider only turns places into offsets and plain answers into VS Code's. */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { COREFILE_SELECTOR, EMBEDDED_SELECTOR } from './corefileRegions.ts';
import { CorefileSpots, type LanguageOptions } from './corefileSpots.ts';
import { CorefileFormatter } from './providers/formatter.ts';
import { CorefileNavigation } from './providers/navigation.ts';
import { CorefileStructure } from './providers/structure.ts';
import { CorefileTokens, LEGEND } from './providers/tokens.ts';
import { CorefileWriting } from './providers/writing.ts';
import { ExecutionOrder } from './providers/executionOrder.ts';

export class CorefileLanguage extends Disposable {
  constructor(options: LanguageOptions) {
    super();
    const spots = new CorefileSpots(options);
    const { languages } = vscode;
    const whole = [...COREFILE_SELECTOR];
    const every = [...COREFILE_SELECTOR, ...EMBEDDED_SELECTOR];
    const writing = new CorefileWriting(spots);
    const navigation = new CorefileNavigation(spots);
    const structure = new CorefileStructure(spots);
    const tokens = new CorefileTokens(spots);
    const formatter = new CorefileFormatter(spots);
    const order = this._register(new ExecutionOrder(spots));
    for (const registered of [
      languages.registerCompletionItemProvider(every, writing, ' ', '/', '('),
      languages.registerHoverProvider(every, writing),
      languages.registerSignatureHelpProvider(every, writing, ' '),
      languages.registerDefinitionProvider(every, navigation),
      languages.registerReferenceProvider(every, navigation),
      languages.registerRenameProvider(every, navigation),
      languages.registerDocumentHighlightProvider(every, navigation),
      languages.registerDocumentLinkProvider(every, navigation),
      languages.registerInlayHintsProvider(every, order),
      languages.registerDocumentSymbolProvider(whole, structure, { label: 'Corefile' }),
      languages.registerFoldingRangeProvider(whole, structure),
      languages.registerSelectionRangeProvider(whole, structure),
      languages.registerDocumentSemanticTokensProvider(whole, tokens, LEGEND),
      languages.registerDocumentFormattingEditProvider(whole, formatter),
      languages.registerDocumentRangeFormattingEditProvider(whole, formatter),
    ])
      this._register(registered);
  }
}
