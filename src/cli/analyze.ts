/**
 * `dnscope analyze FILE… [--json] [--filter EXPR] [--topology FILE] [--corefile FILE]`: a capture in words or as one JSON
 * object (design.md). Exit 0 done, 2 bad use or unreadable input.
 */
import { visibleText } from '../base/visibleText.ts';
import { durationText, plural } from '../core/findings/findingRule.ts';
import type { Finding } from '../core/findings/finding.ts';
import { summarize, type Summary } from '../core/analysis/summary.ts';
import type { Topology } from '../core/topology/topology.ts';
import { TraceEngine } from '../core/trace/traceEngine.ts';
import { LookupView } from '../core/view/lookupView.ts';
import { evaluateFindings } from '../core/findings/evaluateFindings.ts';
import { readCaptureFiles, type CaptureFile } from '../io/captureFiles.ts';
import { givenTopology } from './givenTopology.ts';
import type { CliIo } from './io.ts';
import { jsonText } from './jsonText.ts';

export const ANALYZE_USAGE = 'dnscope analyze FILE… [--json] [--filter EXPR] [--topology FILE] [--corefile FILE]';

interface AnalyzeArgs {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly filter: string;
  readonly topology: string | undefined;
  readonly corefile: string | undefined;
}

export async function runAnalyze(argv: readonly string[], io: CliIo): Promise<number> {
  const args = parseArgs(argv);
  if (typeof args === 'string') {
    io.stderr(`${args}. Use: ${ANALYZE_USAGE}\n`);
    return 2;
  }
  let topology: Topology | undefined;
  try {
    topology = await givenTopology(args, io);
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const engine = new TraceEngine();
  if (topology !== undefined) engine.setTopology(topology);
  const { files, close } = await readCaptureFiles(engine, args.files);
  try {
    // What the user gives says more than what a file remembers.
    if (topology !== undefined) engine.setTopology(topology);
    engine.finish();
    const unreadable = files.filter((file) => file.problem !== undefined && !isTruncatedOnly(file));
    for (const file of unreadable) io.stderr(`${problemLine(file)}\n`);
    for (const file of files) {
      if (file.state.truncated)
        io.stderr(`${visibleText(file.path)}: the capture ends inside a packet; analysed up to there\n`);
    }
    if (unreadable.length > 0) return 2;
    const summary = summarize(engine, files.map(fileView));
    io.stdout(args.json ? `${jsonText(summary)}\n` : textReport(engine, summary, args.filter));
    return 0;
  } finally {
    close();
  }
}

function parseArgs(argv: readonly string[]): AnalyzeArgs | string {
  const files: string[] = [];
  const values = new Map<string, string>();
  let json = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '--json') json = true;
    else if (arg === '--filter' || arg === '--topology' || arg === '--corefile') {
      const value = argv[++i];
      if (value === undefined) return `${arg} needs a value`;
      values.set(arg, value);
    } else if (arg === '--expect') return '--expect is not available in this version';
    else if (arg.startsWith('--')) return `Unknown option ${visibleText(arg)}`;
    else files.push(arg);
  }
  if (files.length === 0) return 'No capture file given';
  return {
    files,
    json,
    filter: values.get('--filter') ?? '',
    topology: values.get('--topology'),
    corefile: values.get('--corefile'),
  };
}

function isTruncatedOnly(file: CaptureFile): boolean {
  return file.state.truncated && file.state.format !== 'unknown' && file.state.packets > 0;
}

function problemLine(file: CaptureFile): string {
  const { detail, recover } = file.problem!;
  return `${visibleText(file.path)}: ${detail}${recover === undefined ? '' : `. ${recover}`}`;
}

function fileView(file: CaptureFile): Summary['files'][number] {
  const { packets, bytes, linkTypes, truncated } = file.state;
  return { path: file.path, packets, bytes, linkTypes, truncated };
}

const MOST_LOOKUPS = 50;

function textReport(engine: TraceEngine, summary: Summary, filter: string): string {
  const lines: string[] = [];
  const { lookups, findings, latencyNs } = summary;
  lines.push(
    `${plural(summary.dnsMessages, 'DNS message')} in ${plural(summary.packets, 'packet')}: ${plural(lookups.count, 'lookup')}, ` +
      `${String(lookups.failed)} failed, ${String(lookups.slow)} slow`,
  );
  if (latencyNs.count > 0) {
    lines.push(
      `Response time: median ${durationText(latencyNs.p50)}, p90 ${durationText(latencyNs.p90)}, p99 ${durationText(latencyNs.p99)}, most ${durationText(latencyNs.max)}`,
    );
  }
  for (const vantage of summary.vantages) {
    lines.push(
      `  seen at ${vantage.name} (${vantage.role}): ${plural(vantage.queries, 'query', 'queries')}, ${plural(vantage.responses, 'response')}, ${String(vantage.unanswered)} unanswered`,
    );
  }
  lines.push('', findings.length === 0 ? 'No finding.' : `${plural(findings.length, 'finding')}:`);
  for (const finding of findings) lines.push(...findingLines(finding));
  if (filter !== '') {
    const view = new LookupView(engine);
    view.update(evaluateFindings(engine));
    view.set(filter, undefined);
    lines.push('', ...lookupLines(view));
  }
  return `${lines.join('\n')}\n`;
}

function findingLines(finding: Finding): readonly string[] {
  return [
    '',
    `${finding.severity.toUpperCase()} [${finding.id}, hop ${finding.hop}, ${finding.confidence}]`,
    `  ${finding.title}`,
    `  ${finding.explanation}`,
    ...finding.ruledOut.map((line) => `  ruled out: ${line}`),
    ...finding.nextSteps.map((line) => `  next: ${line}`),
    ...finding.evidence.samples
      .slice(0, 3)
      .map((sample) => `  evidence: ${sample.file} packet ${String(sample.packet)}`),
  ];
}

function lookupLines(view: LookupView): readonly string[] {
  const lines = [`${plural(view.lookups, 'lookup')} match:`];
  for (const row of view.read(0, MOST_LOOKUPS)) {
    const took = row.latencyNs === undefined ? '' : durationText(row.latencyNs);
    const result = row.kind === 'lookup' && row.rcode === '' ? row.outcome : row.rcode;
    lines.push(
      `  ${new Date(row.timeUs / 1000).toISOString()}  ${row.client}  ${row.name} ${row.qtype}  ${result}  ${took}`,
    );
  }
  if (view.lookups > MOST_LOOKUPS) lines.push(`  and ${String(view.lookups - MOST_LOOKUPS)} more`);
  return lines;
}
