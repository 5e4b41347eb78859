import * as vscode from 'vscode';
import { orderHints } from '../../../core/corefile/language/turns.ts';
import type { CorefileSpots } from '../corefileSpots.ts';

/** Behind each plugin its turn among the plugins of its block, when the setting asks for it. */
export class ExecutionOrder implements vscode.InlayHintsProvider {
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    if (!this.#spots.settings.showExecutionOrder) return [];
    return this.#spots.regionsOf(document).flatMap((region) =>
      orderHints(this.#spots.tree(region), this.#spots.context(region).version).flatMap(
        ({ offset, label, explanation }) => {
          const position = region.toDocument(offset);
          if (!range.contains(position)) return [];
          const hint = new vscode.InlayHint(position, label);
          hint.paddingLeft = true;
          hint.tooltip = explanation;
          return [hint];
        },
      ),
    );
  }
}
