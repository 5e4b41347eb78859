import * as vscode from 'vscode';
import { formatCorefile } from '../../../core/corefile/language/format.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { rangeIn } from '../corefileRegions.ts';

/** Formats whole documents and ranges of them; says in the status bar why it can't. */
export class CorefileFormatter
  implements vscode.DocumentFormattingEditProvider, vscode.DocumentRangeFormattingEditProvider
{
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideDocumentFormattingEdits(
    document: vscode.TextDocument,
    { insertSpaces, tabSize }: vscode.FormattingOptions,
  ): vscode.TextEdit[] {
    return this.#spots.regionsOf(document).flatMap((region) => {
      if (!region.editable) return [];
      const { edits, problem } = formatCorefile(region.text, {
        indent: insertSpaces ? ' '.repeat(tabSize) : '\t',
        fragment: region.lint.purpose === 'override',
      });
      if (problem !== undefined) vscode.window.setStatusBarMessage(`DNScope: ${problem}`, 8000);
      return edits.map(({ start, end, newText }) => vscode.TextEdit.replace(rangeIn(region, start, end), newText));
    });
  }

  provideDocumentRangeFormattingEdits(
    document: vscode.TextDocument,
    range: vscode.Range,
    options: vscode.FormattingOptions,
  ): vscode.TextEdit[] {
    return this.provideDocumentFormattingEdits(document, options).filter((edit) => range.contains(edit.range));
  }
}
