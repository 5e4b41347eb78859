import * as vscode from 'vscode';
import { visibleText } from '../../../base/visibleText.ts';
import { foldingRanges } from '../../../core/corefile/language/folding.ts';
import { type OutlineEntry, outline } from '../../../core/corefile/language/outline.ts';
import { selectionRanges } from '../../../core/corefile/language/selection.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { type CorefileRegion, rangeIn } from '../corefileRegions.ts';

const KIND: Readonly<Record<OutlineEntry['kind'], vscode.SymbolKind>> = {
  server: vscode.SymbolKind.Namespace,
  snippet: vscode.SymbolKind.Function,
  plugin: vscode.SymbolKind.Class,
  option: vscode.SymbolKind.Property,
  import: vscode.SymbolKind.Module,
};

/** Shape of documents that are Corefiles as a whole: outline, folding, growing selection. */
export class CorefileStructure
  implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider, vscode.SelectionRangeProvider
{
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    return this.#spots
      .regionsOf(document)
      .flatMap((region) => outline(this.#spots.tree(region)).map((entry) => toSymbol(region, entry)));
  }

  provideFoldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
    return this.#spots
      .regionsOf(document)
      .flatMap((region) =>
        foldingRanges(this.#spots.tree(region)).map(({ startLine, endLine, kind }) =>
          kind === 'comment'
            ? new vscode.FoldingRange(startLine - 1, endLine - 1, vscode.FoldingRangeKind.Comment)
            : new vscode.FoldingRange(startLine - 1, endLine - 1),
        ),
      );
  }

  provideSelectionRanges(
    document: vscode.TextDocument,
    positions: readonly vscode.Position[],
  ): vscode.SelectionRange[] {
    return positions.map((position) => {
      const spot = this.#spots.at(document, position);
      const ranges = spot === undefined ? [] : selectionRanges(spot.tree, spot.offset);
      let selection: vscode.SelectionRange | undefined;
      for (const { start, end } of [...ranges].reverse()) {
        if (spot !== undefined) selection = new vscode.SelectionRange(rangeIn(spot.region, start, end), selection);
      }
      return selection ?? new vscode.SelectionRange(new vscode.Range(position, position));
    });
  }
}

function toSymbol(region: CorefileRegion, entry: OutlineEntry): vscode.DocumentSymbol {
  const { name, detail, kind, start, end, nameStart, nameEnd, children } = entry;
  const symbol = new vscode.DocumentSymbol(
    visibleText(name),
    visibleText(detail),
    KIND[kind],
    rangeIn(region, start, end),
    rangeIn(region, nameStart, nameEnd),
  );
  symbol.children = children.map((child) => toSymbol(region, child));
  return symbol;
}
