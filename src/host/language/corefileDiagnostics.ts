import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { Diagnostic } from '../../core/corefile/diagnostic.ts';
import type { Settings } from '../settings/settings.ts';
import { type CorefileRegion, type CorefileRegions, rangeIn, wholeDocument } from './corefileRegions.ts';
import { lintOptions } from './lintOptions.ts';

const SETTLE_MS = 200;

const SEVERITY: Readonly<Record<Diagnostic['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** What was found in one region of a document, with where it stands. */
export interface CheckedRegion {
  readonly region: CorefileRegion;
  readonly diagnostics: readonly Diagnostic<vscode.Uri>[];
}

/** Problems of every open document that holds a Corefile, from disk or from a cluster. Needs no trust: it only reads text. */
export class CorefileDiagnostics extends Disposable {
  readonly #regions: CorefileRegions;
  readonly #settings: Settings;
  readonly #problems = this._register(vscode.languages.createDiagnosticCollection('dnscope'));
  readonly #pending = new Map<string, NodeJS.Timeout>();
  /** What was found last, by document. */
  readonly #found = new Map<string, { readonly version: number; readonly checked: readonly CheckedRegion[] }>();

  constructor(regions: CorefileRegions, settings: Settings) {
    super();
    this.#regions = regions;
    this.#settings = settings;
    this._register(vscode.workspace.onDidOpenTextDocument((document) => this.#update(document)));
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#updateSoon(document)));
    this._register(vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this._register(settings.onDidChange(() => vscode.workspace.textDocuments.forEach((one) => this.#update(one))));
    this._register(
      regions.onDidChange((uri) => {
        const document = vscode.workspace.textDocuments.find((one) => String(one.uri) === String(uri));
        if (document !== undefined) this.#update(document);
      }),
    );
    this._register({ dispose: () => [...this.#pending.values()].forEach((timer) => clearTimeout(timer)) });
    for (const document of vscode.workspace.textDocuments) this.#update(document);
  }

  /** What was found in the document as it stands now, checked anew when it has changed since. */
  checked(document: vscode.TextDocument): readonly CheckedRegion[] {
    const found = this.#found.get(String(document.uri));
    return found?.version === document.version ? found.checked : this.#update(document);
  }

  #updateSoon(document: vscode.TextDocument): void {
    const key = String(document.uri);
    clearTimeout(this.#pending.get(key));
    this.#pending.set(
      key,
      setTimeout(() => this.#update(document), SETTLE_MS),
    );
  }

  #update(document: vscode.TextDocument): readonly CheckedRegion[] {
    const key = String(document.uri);
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
    const regions = document.isClosed ? [] : this.#regions.regionsOf(document);
    const known = this.#found.has(key);
    // Documents of other languages pass here at every key: they cost a look at their language and no more.
    if (regions.length === 0 && !known && this.#regions.findingsOf(document).length === 0) return [];
    const checked = regions.map((region): CheckedRegion => {
      return { region, diagnostics: region.check(lintOptions(region, this.#settings)) };
    });
    const around = document.isClosed ? [] : this.#regions.findingsOf(document);
    if (around.length > 0) checked.push({ region: wholeDocument(document), diagnostics: around });
    this.#found.set(key, { version: document.version, checked });
    this.#problems.set(
      document.uri,
      checked.flatMap(({ region, diagnostics }) => diagnostics.map((one) => toProblem(region, one))),
    );
    return checked;
  }

  #forget(document: vscode.TextDocument): void {
    const key = String(document.uri);
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
    this.#found.delete(key);
    this.#problems.delete(document.uri);
  }
}

export function toProblem(region: CorefileRegion, diagnostic: Diagnostic<vscode.Uri>): vscode.Diagnostic {
  const { start, end, message, severity, rule, mentions } = diagnostic;
  const problem = new vscode.Diagnostic(rangeIn(region, start.offset, end.offset), message, SEVERITY[severity]);
  problem.relatedInformation = mentions.map(
    (mention) =>
      new vscode.DiagnosticRelatedInformation(new vscode.Location(mention.file, rangeOf(mention)), mention.message),
  );
  problem.source = 'DNScope';
  problem.code = { value: rule, target: ruleHelp(rule) };
  return problem;
}

/** Places of a document count lines and columns from 1. */
function rangeOf({ start, end }: Pick<Diagnostic, 'start' | 'end'>): vscode.Range {
  return new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
}

/** Opens the page on the rule that ships with the extension. */
function ruleHelp(rule: string): vscode.Uri {
  return vscode.Uri.parse(`command:dnscope.openRuleHelp?${encodeURIComponent(JSON.stringify([rule]))}`);
}
