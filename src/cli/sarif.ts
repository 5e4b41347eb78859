/** Lint results as a SARIF 2.1.0 log (OASIS, sarif-v2.1.0), which code-scanning services read. */
import type { Diagnostic, Mention, Severity, TextEdit } from '../core/corefile/diagnostic.ts';
import type { Position } from '../core/corefile/position.ts';
import { yamlValue } from '../core/corefile/manifest/yamlValue.ts';
import { ALL_RULES } from '../core/corefile/rules/allRules.ts';
import type { LintedFile } from './lintedFile.ts';

/** §3.27.10: there is nothing below `note` that is still shown. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

const RULES = [...ALL_RULES, yamlValue].sort((a, b) => (a.code < b.code ? -1 : 1));
const INDEX = new Map(RULES.map(({ code }, index) => [code, index]));

/** §3.49: what a viewer shows beside a result. The pages ship with the package. */
function ruleMetadata({ code, title }: { readonly code: string; readonly title: string }): unknown {
  const page = `docs/rules/${code}.md`;
  return { id: code, shortDescription: { text: title }, help: { text: `${title}. More: ${page} in dnscope` } };
}

export function sarifLog(linted: readonly LintedFile[]): unknown {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'dnscope',
            rules: RULES.map(ruleMetadata),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: linted.flatMap(({ file, diagnostics }) => diagnostics.map((diagnostic) => result(file, diagnostic))),
      },
    ],
  };
}

function result(file: string, diagnostic: Diagnostic<string>): unknown {
  const { rule, severity, message, start, end, fixes, mentions, suppressed } = diagnostic;
  const artifactLocation = { uri: fileUri(file) };
  return {
    ruleId: rule,
    ruleIndex: INDEX.get(rule) ?? -1,
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region: region(start, end) } }],
    ...(mentions.length === 0 ? {} : { relatedLocations: mentions.map(relatedLocation) }),
    // §3.27.23: a comment in the file, with its reason.
    ...(suppressed === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: suppressed }] }),
    ...(fixes.length === 0
      ? {}
      : {
          fixes: fixes.map(({ title, edits }) => ({
            description: { text: title },
            artifactChanges: [{ artifactLocation, replacements: edits.map(replacement) }],
          })),
        }),
  };
}

/** §3.27.22. */
function relatedLocation({ message, file, start, end }: Mention<string>, id: number): unknown {
  const physicalLocation = { artifactLocation: { uri: fileUri(file) }, region: region(start, end) };
  return { id, message: { text: message }, physicalLocation };
}

function replacement({ start, end, newText }: TextEdit): unknown {
  return { deletedRegion: region(start, end), insertedContent: { text: newText } };
}

function region(start: Position, end: Position): unknown {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** §3.4.3: a URI reference; relative paths stay relative. */
function fileUri(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]%3A\//u.test(path)) return `file:///${path.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${path}` : path;
}
