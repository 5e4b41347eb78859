import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { Diagnostic, Fix } from '../../core/corefile/diagnostic.ts';
import type { Position } from '../../core/corefile/position.ts';
import type { CorefileCheck } from './corefileCheck.ts';

export const COREFILE_LANGUAGE = 'corefile';
const SETTLE_MS = 200;

const SEVERITY: Readonly<Record<Diagnostic['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Problems and quick fixes for every open Corefile, from disk or from a cluster. Needs no trust: it only reads text. */
export class CorefileDiagnostics extends Disposable implements vscode.CodeActionProvider {
  readonly #check: CorefileCheck;
  readonly #problems = this._register(vscode.languages.createDiagnosticCollection('dnscope'));
  readonly #pending = new Map<string, NodeJS.Timeout>();
  /** Fixes of what was found last, by document; only local files can be changed. */
  readonly #found = new Map<string, { readonly version: number; readonly diagnostics: readonly Diagnostic[] }>();

  constructor(check: CorefileCheck) {
    super();
    this.#check = check;
    this._register(vscode.workspace.onDidOpenTextDocument((document) => this.#update(document)));
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#updateSoon(document)));
    this._register(vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this._register(
      vscode.languages.registerCodeActionsProvider({ language: COREFILE_LANGUAGE, scheme: 'file' }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    this._register({ dispose: () => [...this.#pending.values()].forEach((timer) => clearTimeout(timer)) });
    for (const document of vscode.workspace.textDocuments) this.#update(document);
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const found = this.#found.get(String(document.uri));
    if (found === undefined || found.version !== document.version) return [];
    return found.diagnostics.flatMap((diagnostic) =>
      toRange(diagnostic).intersection(range) === undefined
        ? []
        : diagnostic.fixes.map((fix) => this.#action(document, diagnostic, fix)),
    );
  }

  #action(document: vscode.TextDocument, diagnostic: Diagnostic, fix: Fix): vscode.CodeAction {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [toProblem(diagnostic)];
    action.isPreferred = diagnostic.fixes.length === 1;
    action.edit = new vscode.WorkspaceEdit();
    for (const edit of fix.edits) action.edit.replace(document.uri, toRange(edit), edit.newText);
    return action;
  }

  #updateSoon(document: vscode.TextDocument): void {
    const key = String(document.uri);
    clearTimeout(this.#pending.get(key));
    this.#pending.set(
      key,
      setTimeout(() => this.#update(document), SETTLE_MS),
    );
  }

  #update(document: vscode.TextDocument): void {
    this.#pending.delete(String(document.uri));
    if (document.languageId !== COREFILE_LANGUAGE || document.isClosed) return;
    // Lines end at \n for CoreDNS and for the check; columns agree with VS Code's because a \r stands last in its line.
    const { diagnostics } = this.#check.lint(document.getText());
    this.#found.set(String(document.uri), { version: document.version, diagnostics });
    this.#problems.set(document.uri, diagnostics.map(toProblem));
  }

  #forget(document: vscode.TextDocument): void {
    const key = String(document.uri);
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
    this.#found.delete(key);
    this.#problems.delete(document.uri);
  }
}

function toProblem(diagnostic: Diagnostic): vscode.Diagnostic {
  const problem = new vscode.Diagnostic(toRange(diagnostic), diagnostic.message, SEVERITY[diagnostic.severity]);
  problem.source = 'DNScope';
  problem.code = diagnostic.rule;
  return problem;
}

function toRange({ start, end }: { readonly start: Position; readonly end: Position }): vscode.Range {
  return new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
}
