/**
 * The linter: reads the file once, asks every rule, and puts what they found into the order of the text. Rules never see
 * each other: where two could name one defect, the more general one looks away by itself.
 */
import type { Diagnostic, Fix } from './diagnostic.ts';
import type { Environment } from './environment.ts';
import { type CorefileModel, readCorefile } from './model.ts';
import type { ImportResolver } from './parser.ts';
import { DEFAULT_COREDNS_VERSION } from './pluginCatalogue.ts';
import { ALL_RULES } from './rules/allRules.ts';
import type { CorefilePurpose, Finding, RuleContext } from './rules/rule.ts';

export interface LintOptions {
  /** Path or name of the file; not opened, only for the caller's own use beside the diagnostics. */
  readonly file: string;
  /** CoreDNS release to judge by, 1.15.0 unless given. */
  readonly version?: string;
  readonly purpose?: CorefilePurpose;
  readonly environment?: Environment;
  readonly resolveImport?: ImportResolver;
  readonly dnsPort?: number;
}

export interface LintResult {
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, for callers that need more than the diagnostics. */
  readonly model: CorefileModel;
}

export function lintCorefile(text: string, options: LintOptions): LintResult {
  const { version = DEFAULT_COREDNS_VERSION, purpose = 'corefile' } = options;
  const { environment, resolveImport, dnsPort } = options;
  const model = readCorefile(text, {
    fragment: purpose === 'override',
    ...(environment === undefined ? {} : { environment }),
    ...(resolveImport === undefined ? {} : { resolveImport }),
    ...(dnsPort === undefined ? {} : { dnsPort }),
  });
  const context: RuleContext = { text, model, version: version.replace(/^v/u, ''), purpose };
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const rule of ALL_RULES) {
    for (const finding of rule.check(context)) {
      if (finding.at.file !== undefined && finding.at.file !== '') continue;
      // A snippet that is imported twice is looked at twice.
      const key = `${rule.code} ${finding.at.start} ${finding.message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      diagnostics.push(toDiagnostic(model, rule.code, finding));
    }
  }
  diagnostics.sort((a, b) => a.start.offset - b.start.offset || (a.rule < b.rule ? -1 : 1));
  return { diagnostics, model };
}

function toDiagnostic(model: CorefileModel, rule: string, finding: Finding): Diagnostic {
  const { lines } = model.corefile;
  const fixes = (finding.fixes ?? []).map(({ title, edits }): Fix => ({
    title,
    edits: edits.map(({ start, end, newText }) => ({
      start: lines.positionAt(start),
      end: lines.positionAt(end),
      newText,
    })),
  }));
  return {
    rule,
    severity: finding.severity,
    message: finding.message,
    start: lines.positionAt(finding.at.start),
    end: lines.positionAt(finding.at.end),
    fixes,
    docs: `docs/rules/${rule}.md`,
  };
}
