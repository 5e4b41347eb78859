/**
 * A trace as a report in Markdown: what was seen, what is wrong, what proves it. Names, pods and files come from the
 * network: every character that Markdown or HTML gives a meaning is escaped, and names stand in code spans, so that a
 * hostile one is read and never followed, run or drawn.
 */
import { visibleText } from '../../base/visibleText.ts';
import type { Summary } from '../analysis/summary.ts';
import { ownQueriesText } from '../correlate/ownQueries.ts';
import { durationText, plural } from '../findings/findingRule.ts';
import type { Finding } from '../findings/finding.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { NoteKind, TraceNote } from '../trace/traceNote.ts';
import type { LookupChoice } from '../view/lookupChoice.ts';
import { lookupRow } from '../view/rowBuilder.ts';
import type { LookupRow } from '../view/rows.ts';

const MOST_LOOKUPS = 100;
const MOST_SERVERS = 20;

export interface ReportInput {
  readonly engine: TraceEngine;
  /** Of the lookups to list alone, where some were chosen. */
  readonly summary: Summary;
  /** Lookups to list; without it the failed and the slow ones. */
  readonly lookups: LookupChoice | undefined;
}

/** In pieces, so that a writer never holds the whole. */
export function* markdownReport({ engine, summary, lookups }: ReportInput): Generator<string> {
  yield `# DNS trace\n\n${scope(summary.filter)}${overview(summary)}\n`;
  const own = ownQueriesText(summary.ownQueries);
  if (own !== '') yield `\nAsked by resolvers for nobody that waited: ${own}.\n`;
  yield* sourceTables(summary);
  yield* noteList(engine.notes);
  const shown = summary.findings;
  yield `\n## ${shown.length === 0 ? 'No finding' : plural(shown.length, 'finding')}\n`;
  for (const finding of shown) yield findingSection(finding);
  yield* lookupTable(engine, lookups);
}

/** What all the figures are of, where not of the whole trace. */
function scope(filter: string | undefined): string {
  if (filter === undefined) return '';
  return filter === '' ? 'Only the lookups that were chosen.\n\n' : `Only what matches ${code(filter)}.\n\n`;
}

function overview(summary: Summary): string {
  const { lookups, latencyNs } = summary;
  const counts = `${plural(lookups.count, 'lookup')}, ${String(lookups.failed)} failed, ${String(lookups.slow)} slow, in ${plural(summary.dnsMessages, 'DNS message')}.`;
  if (latencyNs.count === 0) return counts;
  return `${counts} Response time: median ${durationText(latencyNs.p50)}, p99 ${durationText(latencyNs.p99)}, most ${durationText(latencyNs.max)}.`;
}

const NOTE_WORDS: Readonly<Record<NoteKind, string>> = {
  hypothesis: 'Hypothesis',
  action: 'Action',
  observation: 'Observation',
};

function* noteList(notes: readonly TraceNote[]): Generator<string> {
  if (notes.length === 0) return;
  yield '\n## Notes\n\n';
  const time = (us: number): string => timeText(BigInt(Math.round(us)) * 1000n);
  for (const { kind, atUs, toUs, text } of notes) {
    const until = toUs === undefined ? '' : ` to ${time(toUs)}`;
    yield `- ${time(atUs)}${until}, ${NOTE_WORDS[kind]}: ${plainText(text)}\n`;
  }
}

function* sourceTables(summary: Summary): Generator<string> {
  yield '\n## Seen at\n\n| Vantage | Role | Queries | Responses | Unanswered |\n| --- | --- | ---: | ---: | ---: |\n';
  for (const vantage of summary.vantages) {
    const numbers = [vantage.queries, vantage.responses, vantage.unanswered].map(String);
    yield `| ${[inCell(vantage.name), vantage.role, ...numbers].join(' | ')} |\n`;
  }
  yield '\n## Servers\n\n| Server | Queries | Answered | Median | p99 |\n| --- | ---: | ---: | ---: | ---: |\n';
  for (const server of summary.servers.slice(0, MOST_SERVERS)) {
    const { p50, p99, count } = server.latencyNs;
    const times = count === 0 ? ['', ''] : [durationText(p50), durationText(p99)];
    const where = inCell(`${server.address}:${String(server.port)}`);
    yield `| ${[where, String(server.queries), String(server.answered), ...times].join(' | ')} |\n`;
  }
  const more = summary.servers.length - MOST_SERVERS;
  if (more > 0) yield `\nand ${plural(more, 'more server')}\n`;
}

function findingSection(finding: Finding): string {
  const lines = [
    `\n### ${plainText(finding.title)}`,
    '',
    `${finding.severity}, hop ${finding.hop}, ${finding.confidence}, \`${finding.id}\``,
    '',
    plainText(finding.explanation),
    '',
  ];
  if (finding.evidence.samples.length > 0) {
    lines.push(`Evidence (${plural(finding.evidence.count, 'lookup')}):`, '');
    for (const { file, packet, timeNs } of finding.evidence.samples) {
      lines.push(`- ${code(file)} packet ${String(packet)}, ${timeText(BigInt(timeNs))}`);
    }
    lines.push('');
  }
  if (finding.ruledOut.length > 0) lines.push('Ruled out:', '', ...finding.ruledOut.map(item), '');
  if (finding.nextSteps.length > 0) lines.push('Next:', '', ...finding.nextSteps.map(item), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

function item(text: string): string {
  return `- ${plainText(text)}`;
}

function* lookupTable(engine: TraceEngine, chosen: LookupChoice | undefined): Generator<string> {
  const notable = (): number[] => [...engine.failures, ...engine.slowOnes].sort((a, b) => a - b);
  const ids = chosen === undefined ? notable() : [...chosen];
  if (ids.length === 0) return;
  const title = chosen === undefined ? 'Failed and slow lookups' : 'Lookups';
  yield `\n## ${title}\n\n`;
  yield '| Time | Client | Name | Type | Result | Took |\n| --- | --- | --- | --- | --- | ---: |\n';
  for (const id of ids.slice(0, MOST_LOOKUPS)) yield lookupLine(lookupRow(engine, id, 0, false));
  if (ids.length > MOST_LOOKUPS) yield `\nand ${String(ids.length - MOST_LOOKUPS)} more\n`;
}

function lookupLine(row: LookupRow): string {
  const time = new Date(row.timeUs / 1000).toISOString();
  const took = row.latencyNs === undefined ? '' : durationText(row.latencyNs);
  return `| ${[time, inCell(row.client), inCell(row.name), row.qtype, row.rcode === '' ? row.outcome : row.rcode, took].join(' | ')} |\n`;
}

function timeText(timeNs: bigint): string {
  const date = new Date(Number(timeNs / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${String(timeNs)} ns` : date.toISOString();
}

/** A code span (CommonMark §6.1): its fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const shown = visibleText(text);
  if (shown === '') return '';
  const longest = Math.max(0, ...(shown.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = /^[` ]|[` ]$/u.test(shown) ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** A code span in a table: the table is cut at bars before the spans are read. */
function inCell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

/**
 * Running text in one line: what Markdown, HTML, formulas or a web address could begin with is escaped (CommonMark §2.4), and
 * `@` stands in a code span, because mentions and mail addresses are looked for after escapes are gone.
 */
export function plainText(text: string): string {
  return visibleText(text)
    .replace(/[!#$&*<>[\\\]^_`{|}~]/gu, '\\$&')
    .replaceAll('@', '`@`')
    .replaceAll('://', '\\://')
    .replace(/\bwww\./giu, (www) => `${www.slice(0, -1)}\\.`)
    .replace(/^(\s*)([+=-])/u, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/u, '$1\\$2');
}
