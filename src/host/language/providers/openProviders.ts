/** The answers of the Corefile editor, made when it first asks. */
import type * as vscode from 'vscode';
import { CorefileSpots, type LanguageOptions } from '../corefileSpots.ts';
import { ExecutionOrder } from './executionOrder.ts';
import { CorefileFormatter } from './formatter.ts';
import { CorefileNavigation } from './navigation.ts';
import { CorefileStructure } from './structure.ts';
import { CorefileTokens } from './tokens.ts';
import { CorefileWriting } from './writing.ts';

/** As VS Code calls them, so that whatever it hands over can be passed on. */
export interface LanguageProviders {
  readonly writing: vscode.CompletionItemProvider & vscode.HoverProvider & vscode.SignatureHelpProvider;
  readonly navigation: vscode.DefinitionProvider &
    vscode.ReferenceProvider &
    Required<vscode.RenameProvider> &
    vscode.DocumentHighlightProvider;
  readonly structure: vscode.DocumentSymbolProvider & vscode.FoldingRangeProvider & vscode.SelectionRangeProvider;
  readonly tokens: vscode.DocumentSemanticTokensProvider;
  readonly formatter: vscode.DocumentFormattingEditProvider & vscode.DocumentRangeFormattingEditProvider;
  readonly order: vscode.InlayHintsProvider;
}

export function openProviders(options: LanguageOptions): LanguageProviders {
  const spots = new CorefileSpots(options);
  return {
    writing: new CorefileWriting(spots),
    navigation: new CorefileNavigation(spots),
    structure: new CorefileStructure(spots),
    tokens: new CorefileTokens(spots),
    formatter: new CorefileFormatter(spots),
    order: new ExecutionOrder(spots),
  };
}
