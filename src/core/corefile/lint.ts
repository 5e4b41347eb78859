/**
 * The linter: reads the file once, asks every rule, and puts what they found into the order of the text. Rules never see
 * each other: where two could name one defect, the more general one looks away by itself, or the more exact one claims the
 * consequences (consequences.ts).
 *
 * Cost: about linear in the text (`npm run bench` shows it for ten shapes of file). What several rules ask for is worked out
 * once per lint (oncePer.ts): the live blocks, the stanzas by plugin, who listens where. A rule that relates lines to each
 * other looks them up in a table instead of comparing all pairs.
 *
 * Severities: a rule's own, then the user's setting for its code, then comments in the text (suppression.ts), which switch
 * off anything but errors.
 */
import type { ClusterFacts } from './clusterFacts.ts';
import { type Claiming, withoutConsequences } from './consequences.ts';
import type { Diagnostic, Fix, Mention, Severity } from './diagnostic.ts';
import type { Environment } from './environment.ts';
import { lexCorefile } from './lexer.ts';
import { type CorefileModel, readCorefile } from './model.ts';
import type { ImportResolver, ImportedFile } from './parser.ts';
import { DEFAULT_COREDNS_VERSION } from './pluginCatalogue.ts';
import { LineIndex } from './position.ts';
import { ALL_RULES } from './rules/allRules.ts';
import type { CorefilePurpose, Finding, FindingMention, RuleContext } from './rules/rule.ts';
import { refusalsOf } from './setup/refusals.ts';
import { Suppressions, type Words } from './suppression.ts';

export interface LintOptions {
  /** Path or name of the file; not opened, only for the caller's own use beside the diagnostics. */
  readonly file: string;
  /** CoreDNS release to judge by, 1.15.0 unless given. */
  readonly version?: string;
  readonly purpose?: CorefilePurpose;
  readonly environment?: Environment;
  readonly resolveImport?: ImportResolver;
  readonly dnsPort?: number;
  readonly cluster?: ClusterFacts;
  /** Another severity for a rule, by code. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** Give what a comment switches off as well, with `suppressed`; left out otherwise. */
  readonly keepSuppressed?: boolean;
}

/** Mentions name an imported file by its path, the text itself by ''. */
export interface LintResult {
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic<string>[];
  /** What was found in imported files, by the path their resolver gave; files without diagnostics are left out. */
  readonly imported: ReadonlyMap<string, readonly Diagnostic<string>[]>;
  /** What was read, for callers that need more than the diagnostics. */
  readonly model: CorefileModel;
}

export function lintCorefile(text: string, options: LintOptions): LintResult {
  const { purpose = 'corefile', environment, resolveImport, dnsPort } = options;
  const version = (options.version ?? DEFAULT_COREDNS_VERSION).replace(/^v/u, '');
  const sources = new Map<string, string>();
  const model = readCorefile(text, {
    fragment: purpose === 'override',
    ...(environment === undefined ? {} : { environment }),
    ...(resolveImport === undefined ? {} : { resolveImport: remembering(resolveImport, sources) }),
    ...(dnsPort === undefined ? {} : { dnsPort }),
  });
  const refusals = refusalsOf(model, version);
  const context: RuleContext = { text, model, version, purpose, refusals, cluster: options.cluster };
  const read = new Map<string, Words>([['', model.corefile]]);
  const wordsOf: WordsOf = (file) => {
    const source = read.has(file) ? undefined : sources.get(file);
    if (source !== undefined) read.set(file, { text: source, lines: new LineIndex(source), ...lexCorefile(source) });
    return read.get(file);
  };
  const files = new Map<string, FileDiagnostics>();
  for (const rule of ALL_RULES) {
    const own = options.severities?.[rule.code];
    if (own === 'off') continue;
    for (const finding of rule.check(context)) {
      const file = finding.at.file ?? '';
      let diagnostics = files.get(file);
      if (diagnostics === undefined) {
        const words = wordsOf(file);
        if (words === undefined) continue;
        diagnostics = new FileDiagnostics(words, wordsOf);
        files.set(file, diagnostics);
      }
      diagnostics.add(rule.code, own, finding);
    }
  }
  const keep = options.keepSuppressed === true;
  const diagnostics = files.get('')?.inOrder(keep) ?? [];
  files.delete('');
  return {
    diagnostics,
    imported: new Map([...files].map(([file, found]) => [file, found.inOrder(keep)])),
    model,
  };
}

/** Keeps the text of each file that came in, so that offsets in it become positions. */
function remembering(resolve: ImportResolver, sources: Map<string, string>): ImportResolver {
  return (pattern, from) => {
    const files: readonly ImportedFile[] | undefined = resolve(pattern, from);
    for (const { path, text } of files ?? []) sources.set(path, text);
    return files;
  };
}

/** A file's words by the path its resolver gave, '' for the text itself; `undefined` for none of those that were read. */
type WordsOf = (file: string) => Words | undefined;

interface Found extends Claiming {
  readonly finding: Finding;
}

class FileDiagnostics {
  readonly #words: Words;
  readonly #wordsOf: WordsOf;
  /** By offset, at which there are few. */
  readonly #seen = new Map<number, Found[]>();
  readonly #found: Found[] = [];

  constructor(words: Words, wordsOf: WordsOf) {
    this.#words = words;
    this.#wordsOf = wordsOf;
  }

  /** `own`: the severity the user chose for the rule. */
  add(rule: string, own: Severity | undefined, finding: Finding): void {
    const { severity, message, at, claims = [] } = finding;
    // A snippet that is imported twice is looked at twice.
    let here = this.#seen.get(at.start);
    if (here === undefined) this.#seen.set(at.start, (here = []));
    else if (here.some((found) => found.rule === rule && found.finding.message === message)) return;
    const severityIsChosen = own !== undefined;
    const found = { rule, severity: own ?? severity, offset: at.start, claims, severityIsChosen, finding };
    here.push(found);
    this.#found.push(found);
  }

  inOrder(keepSuppressed: boolean): readonly Diagnostic<string>[] {
    const suppressions = new Suppressions(this.#words);
    return withoutConsequences(this.#found).flatMap((found) => {
      const diagnostic = this.#diagnostic(found);
      const { rule, severity, start, end } = diagnostic;
      const suppression = severity === 'error' ? undefined : suppressions.find(rule, start.line, end.line);
      if (suppression === undefined) return [diagnostic];
      return keepSuppressed ? [{ ...diagnostic, suppressed: suppression.reason }] : [];
    });
  }

  #diagnostic({
    rule,
    severity,
    claims,
    finding: { message, at, fixes = [], mentions = [] },
  }: Found): Diagnostic<string> {
    const { lines } = this.#words;
    const misread = claims.filter(({ start, end }) => start < at.start || end > at.end);
    return {
      rule,
      severity,
      message,
      start: lines.positionAt(at.start),
      end: lines.positionAt(at.end),
      fixes: fixes.map(({ title, edits }): Fix => ({
        title,
        edits: edits.map(({ start, end, newText }) => ({
          start: lines.positionAt(start),
          end: lines.positionAt(end),
          newText,
        })),
      })),
      mentions: mentions.flatMap((mention) => this.#mention(mention)),
      docs: `docs/rules/${rule}.md`,
      ...(misread.length === 0
        ? {}
        : {
            misread: misread.map(({ start, end }) => ({ start: lines.positionAt(start), end: lines.positionAt(end) })),
          }),
    };
  }

  #mention({ at: { file = '', start, end }, message }: FindingMention): readonly Mention<string>[] {
    const lines = this.#wordsOf(file)?.lines;
    if (lines === undefined) return [];
    return [{ message, file, start: lines.positionAt(start), end: lines.positionAt(end) }];
  }
}
