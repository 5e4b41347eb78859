import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { Diagnostic, Fix } from '../../core/corefile/diagnostic.ts';
import { certainFixes } from '../../core/corefile/language/certainFixes.ts';
import { ignoreRule } from '../../core/corefile/language/ignoreRule.ts';
import { yamlValue } from '../../core/corefile/manifest/yamlValue.ts';
import { type CorefileDiagnostics, toProblem } from './corefileDiagnostics.ts';
import { type CorefileRegion, editIn, rangeIn } from './corefileRegions.ts';
import { COREFILE_SELECTOR, EMBEDDED_SELECTOR } from './corefileSelectors.ts';

const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append('dnscope');

/** Quick fixes of what was found, "Ignore CFnnn here", and all certain fixes at once (`source.fixAll.dnscope`). */
export class CorefileActions extends Disposable implements vscode.CodeActionProvider {
  readonly #diagnostics: CorefileDiagnostics;

  constructor(diagnostics: CorefileDiagnostics) {
    super();
    this.#diagnostics = diagnostics;
    this._register(
      vscode.languages.registerCodeActionsProvider([...COREFILE_SELECTOR, ...EMBEDDED_SELECTOR], this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, FIX_ALL],
      }),
    );
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const checked = this.#diagnostics.checked(document).filter(({ region }) => region.editable);
    const actions: vscode.CodeAction[] = [];
    if (only === undefined || only.contains(vscode.CodeActionKind.QuickFix)) {
      for (const { region, diagnostics } of checked) {
        for (const diagnostic of diagnostics) {
          if (rangeIn(region, diagnostic.start.offset, diagnostic.end.offset).intersection(range) === undefined)
            continue;
          actions.push(
            ...diagnostic.fixes.flatMap((fix) => fixAction(document, region, diagnostic, fix)),
            ...ignoreActions(document, region, diagnostic),
          );
        }
      }
    }
    if (only !== undefined && only.intersects(FIX_ALL)) {
      const edit = new vscode.WorkspaceEdit();
      for (const { region, diagnostics } of checked) {
        for (const { start, end, newText } of certainFixes(diagnostics)) {
          const replaced = editIn(region, start.offset, end.offset, newText);
          if (replaced !== undefined) edit.replace(document.uri, replaced.range, replaced.newText);
        }
      }
      if (edit.size > 0) {
        const action = new vscode.CodeAction(l10n.t('Fix all that DNScope is sure of'), FIX_ALL);
        action.edit = edit;
        actions.push(action);
      }
    }
    return actions;
  }
}

function fixAction(
  document: vscode.TextDocument,
  region: CorefileRegion,
  diagnostic: Diagnostic<vscode.Uri>,
  fix: Fix,
): vscode.CodeAction[] {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [toProblem(region, diagnostic)];
  action.isPreferred = diagnostic.fixes.length === 1;
  action.edit = new vscode.WorkspaceEdit();
  for (const { start, end, newText } of fix.edits) {
    const replaced = editIn(region, start.offset, end.offset, newText);
    if (replaced === undefined) return [];
    action.edit.replace(document.uri, replaced.range, replaced.newText);
  }
  return [action];
}

/** What CoreDNS refuses can't be ignored, so nothing is offered there. */
function ignoreActions(
  document: vscode.TextDocument,
  region: CorefileRegion,
  diagnostic: Diagnostic<vscode.Uri>,
): vscode.CodeAction[] {
  // A comment of YAML is none of the Corefile's.
  const ignored = diagnostic.rule === yamlValue.code ? undefined : ignoreRule(region.text, diagnostic);
  if (ignored === undefined) return [];
  const action = new vscode.CodeAction(l10n.t('Ignore {0} here', diagnostic.rule), vscode.CodeActionKind.QuickFix);
  action.diagnostics = [toProblem(region, diagnostic)];
  const snippet = new vscode.SnippetString()
    .appendText(region.written(ignored.before, ignored.at))
    .appendPlaceholder('reason')
    .appendText(region.written(ignored.after, ignored.at));
  action.edit = new vscode.WorkspaceEdit();
  const at = region.toDocument(ignored.at);
  action.edit.set(document.uri, [vscode.SnippetTextEdit.insert(at, snippet)]);
  return [action];
}
