import * as vscode from 'vscode';
import { semanticTokens } from '../../../core/corefile/language/semanticTokens.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { rangeIn } from '../corefileRegions.ts';
import { SEMANTIC_TYPES } from '../semanticTypes.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.keys(SEMANTIC_TYPES).map((kind, index) => [kind, index]));

/** Colours for what only the catalogue of plugins can tell. */
export class CorefileTokens implements vscode.DocumentSemanticTokensProvider {
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideDocumentSemanticTokens(document: vscode.TextDocument): vscode.SemanticTokens {
    const builder = new vscode.SemanticTokensBuilder();
    for (const region of this.#spots.regionsOf(document)) {
      const { version } = this.#spots.context(region);
      for (const { start, end, kind } of semanticTokens(this.#spots.tree(region), version)) {
        const at = rangeIn(region, start, end).start;
        builder.push(at.line, at.character, end - start, NUMBERS.get(kind) ?? 0);
      }
    }
    return builder.build();
  }
}
