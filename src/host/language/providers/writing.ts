import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { visibleText } from '../../../base/visibleText.ts';
import { complete } from '../../../core/corefile/language/complete.ts';
import type { Completion } from '../../../core/corefile/language/completion.ts';
import { hoverAt } from '../../../core/corefile/language/hover.ts';
import { signatureAt } from '../../../core/corefile/language/signature.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { rangeIn } from '../corefileRegions.ts';

const KIND: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  plugin: vscode.CompletionItemKind.Class,
  option: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  zone: vscode.CompletionItemKind.Field,
  transport: vscode.CompletionItemKind.Interface,
  snippet: vscode.CompletionItemKind.Function,
  template: vscode.CompletionItemKind.Snippet,
  keyword: vscode.CompletionItemKind.Keyword,
};

/** What helps while typing: completion, signature help, hover. */
export class CorefileWriting
  implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.SignatureHelpProvider
{
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    const spot = this.#spots.at(document, position);
    if (spot === undefined || !spot.region.editable) return [];
    const { region, tree, offset, context } = spot;
    return complete(tree, offset, context).map((one) => {
      const { label, kind, detail, documentation, insert, isSnippet, start, end, rank, deprecated, goesOn } = one;
      const item = new vscode.CompletionItem(detail === '' ? label : { label, description: detail }, KIND[kind]);
      // A zone comes from a cluster: nothing in it may read as a placeholder.
      const text = region.written(insert, start);
      item.insertText = isSnippet ? new vscode.SnippetString(text) : text;
      item.range = rangeIn(region, start, end);
      item.filterText = label;
      item.sortText = `${rank}${label}`;
      if (documentation !== '') item.documentation = new vscode.MarkdownString().appendText(documentation);
      if (deprecated) item.tags = [vscode.CompletionItemTag.Deprecated];
      if (goesOn) item.command = { command: 'editor.action.triggerSuggest', title: l10n.t('Suggest') };
      return item;
    });
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const spot = this.#spots.at(document, position);
    const told = spot === undefined ? undefined : hoverAt(spot.tree, spot.offset, spot.context);
    if (spot === undefined || told === undefined) return undefined;
    const text = new vscode.MarkdownString();
    if (told.heading !== '') text.appendCodeblock(visibleText(told.heading), 'plaintext');
    for (const paragraph of told.paragraphs) {
      text.appendText(visibleText(paragraph));
      text.appendMarkdown('\n\n');
    }
    if (told.link !== undefined) text.appendMarkdown(`[${told.link.title}](${told.link.url})`);
    return new vscode.Hover(text, rangeIn(spot.region, told.start, told.end));
  }

  provideSignatureHelp(document: vscode.TextDocument, position: vscode.Position): vscode.SignatureHelp | undefined {
    const spot = this.#spots.at(document, position);
    const signature = spot === undefined ? undefined : signatureAt(spot.tree, spot.offset);
    if (signature === undefined) return undefined;
    const help = new vscode.SignatureHelp();
    const information = new vscode.SignatureInformation(
      signature.label,
      new vscode.MarkdownString().appendText(signature.documentation),
    );
    information.parameters = signature.parameters.map(
      ({ start, end }) => new vscode.ParameterInformation([start, end]),
    );
    help.signatures = [information];
    help.activeSignature = 0;
    // Beyond the last parameter nothing is marked.
    help.activeParameter = signature.active ?? signature.parameters.length;
    return help;
  }
}
