import * as vscode from 'vscode';
import { SEMANTIC_KINDS, semanticTokens } from '../../../core/corefile/language/semanticTokens.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { rangeIn } from '../corefileRegions.ts';

/** Types of this language; package.json maps each to what themes know. */
const TYPES: Readonly<Record<(typeof SEMANTIC_KINDS)[number], string>> = {
  zone: 'corefileZone',
  plugin: 'corefilePlugin',
  option: 'corefileOption',
  value: 'corefileValue',
  snippet: 'corefileSnippet',
  environment: 'corefileEnvironment',
  unknown: 'corefileUnknown',
};

export const LEGEND = new vscode.SemanticTokensLegend(SEMANTIC_KINDS.map((kind) => TYPES[kind]));

/** Colours for what only the catalogue of plugins can tell. */
export class CorefileTokens implements vscode.DocumentSemanticTokensProvider {
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideDocumentSemanticTokens(document: vscode.TextDocument): vscode.SemanticTokens {
    const builder = new vscode.SemanticTokensBuilder(LEGEND);
    for (const region of this.#spots.regionsOf(document)) {
      const { version } = this.#spots.context(region);
      for (const { start, end, kind } of semanticTokens(this.#spots.tree(region), version))
        builder.push(rangeIn(region, start, end), TYPES[kind]);
    }
    return builder.build();
  }
}
