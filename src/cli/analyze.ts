/**
 * `dnscope analyze FILE… [--json] [--stats] [--follow] [--filter EXPR] [--topology FILE] [--corefile FILE] [--expect NAME=ADDR,…] [--dns-port N,…]`: captures in words or
 * as one JSON object (design.md). FILE is a capture, a folder or an archive of captures, or `-`. Exit 0 done, 2 bad use or unreadable input.
 */
import { visibleText } from '../base/visibleText.ts';
import { durationText, plural } from '../core/findings/findingRule.ts';
import type { Finding } from '../core/findings/finding.ts';
import type { Statistics } from '../core/analysis/statistics.ts';
import { printed, summarize, type Summary } from '../core/analysis/summary.ts';
import { ownQueriesText } from '../core/correlate/ownQueries.ts';
import type { Matches } from '../core/filter/traceFilter.ts';
import type { Topology } from '../core/topology/topology.ts';
import { TraceEngine } from '../core/trace/traceEngine.ts';
import type { AnsweredByCounts } from '../core/view/answeredByCounts.ts';
import { clockText } from '../core/view/clockText.ts';
import { LookupView } from '../core/view/lookupView.ts';
import { evaluateFindings } from '../core/findings/evaluateFindings.ts';
import { readCaptureFiles, type CaptureReading } from '../io/captureFiles.ts';
import type { CaptureFile } from '../io/input/readingPass.ts';
import { isOwnComment } from '../protocol/sessionFile.ts';
import { parsePorts } from './dnsPorts.ts';
import { readExpectations } from './expectations.ts';
import { filterComplaint } from './filterOption.ts';
import { givenTopology } from './givenTopology.ts';
import { RowSpill } from '../io/rowSpill.ts';
import type { CliIo } from './io.ts';
import { jsonText } from './jsonText.ts';
import { missesInput } from './missedInput.ts';
import { problemText } from './problemText.ts';
import { wireLines } from './wireLines.ts';

export const ANALYZE_USAGE =
  'dnscope analyze FILE… [--json] [--stats] [--follow] [--filter EXPR] [--topology FILE] [--corefile FILE] [--expect NAME=ADDR,…] [--dns-port N,…]';

interface AnalyzeArgs {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly stats: boolean;
  readonly follow: boolean;
  readonly filter: string;
  readonly topology: string | undefined;
  readonly corefile: string | undefined;
  /** `NAME=ADDR,ADDR` or a file of such lines, each. */
  readonly expect: readonly string[];
  /** Besides 53 and 5353. */
  readonly dnsPorts: readonly number[];
}

export async function runAnalyze(argv: readonly string[], io: CliIo): Promise<number> {
  const args = parseArgs(argv);
  if (typeof args === 'string') {
    io.stderr(`${args}. Use: ${ANALYZE_USAGE}\n`);
    return 2;
  }
  const complaint = filterComplaint(args.filter);
  if (complaint !== undefined) {
    io.stderr(`${complaint}\n`);
    return 2;
  }
  let topology: Topology | undefined;
  let expect: ReadonlyMap<string, readonly string[]>;
  try {
    topology = await givenTopology(args, io);
    expect = await readExpectations(args.expect, io);
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const spill = new RowSpill();
  const makeEngine = (): TraceEngine => {
    // A second one takes the place of the first.
    spill.dispose();
    const memory = spill.memory();
    const made = new TraceEngine({ dnsPorts: args.dnsPorts, memory, countRecords: args.stats, expect });
    if (topology !== undefined) made.setTopology(topology);
    return made;
  };
  const { engine, files, close } = await readUntilInterrupted(makeEngine, args, io);
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
    if (missesInput(files.map(inputOf), args.files)) return 2;
    const view = args.filter.trim() === '' ? undefined : filteredView(engine, args.filter);
    const matches = view?.matches();
    const selected = matches === undefined ? undefined : { filter: args.filter, matches };
    const summary = summarize(engine, files.map(fileView), selected);
    const statistics = args.stats ? await reportStatistics(engine, matches) : undefined;
    if (args.json) io.stdout(`${jsonText({ ...printed(summary), ...statistics })}\n`);
    else {
      io.stdout(textReport(engine, summary, view));
      if (statistics !== undefined) {
        const { answersLine, statisticsLines } = await import('./statisticsLines.ts');
        const lines = [...statisticsLines(statistics.statistics), ...answersLine(statistics.answeredBy)];
        io.stdout(`\n${lines.join('\n')}\n`);
      }
    }
    return 0;
  } finally {
    close();
    spill.dispose();
  }
}

/** Rows of each kind of group in JSON. */
const MOST_GROUP_ROWS = 100;

/** What only `--stats` tells. */
interface MoreFigures {
  readonly statistics: Statistics;
  readonly answeredBy: AnsweredByCounts;
}

async function reportStatistics(engine: TraceEngine, matches: Matches | undefined): Promise<MoreFigures> {
  const { collectStatistics } = await import('../core/analysis/collectStatistics.ts');
  const { statisticsOf } = await import('../core/analysis/statistics.ts');
  const { countAnsweredBy } = await import('../core/view/answeredByCounts.ts');
  return {
    statistics: statisticsOf(collectStatistics(engine, matches), MOST_GROUP_ROWS),
    answeredBy: countAnsweredBy(engine, matches?.lookups),
  };
}

/** What does not end by itself ends with Ctrl-C, and is analysed up to there. */
async function readUntilInterrupted(
  makeEngine: () => TraceEngine,
  args: AnalyzeArgs,
  io: CliIo,
): Promise<CaptureReading> {
  const stop = new AbortController();
  const isOpenEnded = args.follow || args.files.includes('-');
  const interrupts = isOpenEnded ? io.onInterrupt?.(() => stop.abort()) : undefined;
  if (args.follow) io.stderr('Following; Ctrl-C ends it and shows what was seen\n');
  try {
    return await readCaptureFiles(makeEngine, args.files, {
      ...(args.follow ? { signal: stop.signal, follow: true } : {}),
      // Only shown rows need their packets again, and answers whose TTL tells where they came from.
      keepBytes: args.filter !== '' || args.stats,
      ...(args.files.includes('-') && io.stdin !== undefined ? { stdin: untilAborted(io.stdin, stop.signal) } : {}),
    });
  } finally {
    interrupts?.dispose();
  }
}

/** Whoever writes into the pipe was interrupted by the same Ctrl-C, and gets a second to finish. */
const LAST_WORDS_MS = 1000;

/** Ends soon after the signal, whether the other end of the pipe does or not. */
async function* untilAborted(input: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const iterator = input[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      setTimeout(resolve, LAST_WORDS_MS, undefined).unref();
    });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

function parseArgs(argv: readonly string[]): AnalyzeArgs | string {
  const files: string[] = [];
  const values = new Map<string, string>();
  const expect: string[] = [];
  let json = false;
  let stats = false;
  let follow = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '--json') json = true;
    else if (arg === '--stats') stats = true;
    else if (arg === '--follow') follow = true;
    else if (arg === '--filter' || arg === '--topology' || arg === '--corefile' || arg === '--dns-port') {
      const value = argv[++i];
      if (value === undefined) return `${arg} needs a value`;
      const given = values.get(arg);
      values.set(arg, arg === '--dns-port' && given !== undefined ? `${given},${value}` : value);
    } else if (arg === '--expect') {
      const value = argv[++i];
      if (value === undefined) return '--expect needs a value';
      expect.push(value);
    } else if (arg.startsWith('--')) return `Unknown option ${visibleText(arg)}`;
    else files.push(arg);
  }
  if (files.length === 0) return 'No capture file given';
  const portText = values.get('--dns-port');
  const dnsPorts = portText === undefined ? [] : parsePorts(portText);
  if (dnsPorts === undefined) return `--dns-port takes ports from 1 to 65535, not ${visibleText(portText ?? '')}`;
  return {
    files,
    json,
    stats,
    follow,
    filter: values.get('--filter') ?? '',
    topology: values.get('--topology'),
    corefile: values.get('--corefile'),
    expect,
    dnsPorts,
  };
}

function inputOf({ path, state, problem }: CaptureFile): Parameters<typeof missesInput>[0][number] {
  return { path, packets: state.packets, ...(problem === undefined ? {} : { problem }) };
}

function isTruncatedOnly(file: CaptureFile): boolean {
  return file.state.truncated && file.state.format !== 'unknown' && file.state.packets > 0;
}

function problemLine(file: CaptureFile): string {
  return problemText(file.problem!, visibleText(file.path));
}

function fileView(file: CaptureFile): Summary['files'][number] {
  const { packets, bytes, linkTypes, truncated } = file.state;
  const comments = file.state.comments.filter((comment) => !isOwnComment(comment)).map(visibleText);
  const noted = comments.length === 0 ? {} : { comments };
  return { path: file.path, packets, bytes, linkTypes, truncated, ...noted };
}

const MOST_LOOKUPS = 50;

function filteredView(engine: TraceEngine, filter: string): LookupView {
  const view = new LookupView(engine);
  view.update(evaluateFindings(engine));
  view.set(filter, undefined);
  return view;
}

function textReport(engine: TraceEngine, summary: Summary, view: LookupView | undefined): string {
  const lines: string[] = [];
  const { lookups, findings, latencyNs, filter } = summary;
  if (filter !== undefined) lines.push(`Only what matches ${visibleText(filter)}:`);
  lines.push(
    `${plural(summary.dnsMessages, 'DNS message')} in ${plural(summary.packets, 'packet')}: ${plural(lookups.count, 'lookup')}, ` +
      `${String(lookups.failed)} failed, ${String(lookups.slow)} slow`,
  );
  if (latencyNs.count > 0) {
    lines.push(
      `Response time: median ${durationText(latencyNs.p50)}, p90 ${durationText(latencyNs.p90)}, p99 ${durationText(latencyNs.p99)}, most ${durationText(latencyNs.max)}`,
    );
  }
  summary.vantages.forEach((vantage, index) => {
    const clock = clockText(engine.trace, index);
    lines.push(
      `  seen at ${vantage.name} (${vantage.role}): ${plural(vantage.queries, 'query', 'queries')}, ${plural(vantage.responses, 'response')}, ${String(vantage.unanswered)} unanswered${clock === undefined ? '' : `; ${clock}`}`,
    );
  });
  const own = ownQueriesText(summary.ownQueries);
  if (own !== '') lines.push(`  asked by resolvers for nobody: ${own}`);
  const ofInput = [...noteLines(summary), ...wireLines(summary.wire)];
  if (filter !== undefined && ofInput.length > 0) lines.push('In all packets, whatever matches:');
  lines.push(...ofInput);
  lines.push('', findings.length === 0 ? noFinding(summary) : `${plural(findings.length, 'finding')}:`);
  for (const finding of findings) lines.push(...findingLines(finding));
  if (view !== undefined) lines.push('', ...lookupLines(view));
  return `${lines.join('\n')}\n`;
}

/** Where nothing was seen, nothing being wrong is not what that says. */
function noFinding({ dnsMessages, filter, packets }: Summary): string {
  if (filter !== undefined || dnsMessages > 0) return 'No finding.';
  return packets === 0
    ? 'No packet was seen, so nothing can be said. Check that the capture ran while names were looked up.'
    : 'No DNS was seen, so nothing can be said. If it runs on another port than 53, name it with --dns-port.';
}

function noteLines({ files }: Summary): readonly string[] {
  return files.flatMap(({ path, comments }) =>
    (comments ?? []).map((comment) => `  noted in ${visibleText(path)}: ${comment}`),
  );
}

function findingLines(finding: Finding): readonly string[] {
  return [
    '',
    `${finding.severity.toUpperCase()} [${finding.id}, hop ${finding.hop}, ${finding.confidence}]`,
    `  ${finding.title}`,
    `  ${finding.explanation}`,
    ...finding.ruledOut.map((line) => `  ruled out: ${line}`),
    ...finding.nextSteps.map((line) => `  next: ${line}`),
    // One packet may be why several lookups failed.
    ...[
      ...new Set(
        finding.evidence.samples.map((sample) => `  evidence: ${sample.file} packet ${String(sample.packet)}`),
      ),
    ].slice(0, 3),
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
