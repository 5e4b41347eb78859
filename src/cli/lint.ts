/**
 * `dnscope lint FILE… [--json | --sarif] [--coredns VERSION] [--fail-on SEVERITY]`: Corefiles, and those inside YAML and JSON, as CoreDNS would
 * read them, without starting it.
 * Exit 0: no error found; 1: lint found errors, or what `--fail-on` names; 2: bad use, a file that can't be read, or no Corefile in any of them.
 */
import { visibleText } from '../base/visibleText.ts';
import { type Diagnostic, SEVERITIES, type Severity } from '../core/corefile/diagnostic.ts';
import type { CliIo } from './io.ts';
import { beyondKnown, parseLintArgs } from './lintArgs.ts';
import { LINT_HELP, LINT_USAGE } from './lintHelp.ts';
import { lintFiles } from './lintFiles.ts';
import { type LintInput, readLintInput } from './lintInput.ts';
import { lintJson, lintText } from './lintOutput.ts';
import { sarifLog } from './sarif.ts';

export async function runLint(argv: readonly string[], io: CliIo): Promise<number> {
  const args = parseLintArgs(argv);
  if ('help' in args) {
    io.stdout(LINT_HELP);
    return 0;
  }
  if ('problem' in args) {
    io.stderr(`${args.problem}. Use: ${LINT_USAGE}\n`);
    return 2;
  }
  const beyond = beyondKnown(args.version);
  if (beyond !== undefined) io.stderr(`${beyond}\n`);
  const read: LintInput[] = [];
  for (const file of args.files) {
    const input = await readLintInput(file, io);
    if (input !== undefined) read.push(input);
  }
  const holding = read.filter(holdsCorefile);
  for (const input of read) {
    if (holding.includes(input) || !isComplete(input)) continue;
    const rendered = input.text.includes('{{') ? '; of a Helm chart, give what helm template prints' : '';
    io.stderr(
      `${visibleText(input.file)}: holds no Corefile. Give the ConfigMap or values file that does${rendered}\n`,
    );
  }
  if (holding.length > 0) {
    // All that was read: a Deployment says where ConfigMaps are mounted.
    const result = await lintFiles(read, { version: args.version, keepSuppressed: args.format === 'sarif' });
    if ('problem' in result) {
      io.stderr(`${result.problem}\n`);
      return 2;
    }
    const told = result.linted.filter(
      ({ file }) => !read.some((input) => input.file === file && !holding.includes(input)),
    );
    if (args.format === 'json') io.stdout(lintJson(told));
    else if (args.format === 'sarif') io.stdout(`${JSON.stringify(sarifLog(told), undefined, 2)}\n`);
    else io.stdout(lintText(told));
    if (read.length < args.files.length || !read.every(isComplete)) return 2;
    return told.some(({ diagnostics }) => diagnostics.some((one) => counts(one, args.failOn))) ? 1 : 0;
  }
  return 2;
}

/** What a comment switches off is told in SARIF alone, and fails nothing. */
function counts({ severity, suppressed }: Diagnostic, failOn: Severity): boolean {
  return suppressed === undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
}

function isComplete(input: LintInput): boolean {
  return input.kind === 'corefile' || input.complete;
}

function holdsCorefile(input: LintInput): boolean {
  if (input.kind === 'corefile') return true;
  return (
    input.generated.length > 0 ||
    input.manifest.findings.length > 0 ||
    input.manifest.texts.some(({ purpose }) => purpose !== undefined)
  );
}
