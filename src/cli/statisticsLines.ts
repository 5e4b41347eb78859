/** Statistics as a tree of rows, in the order of Wireshark's table. */
import { visibleText } from '../base/visibleText.ts';
import type {
  BucketRow,
  GroupView,
  NamedRow,
  SectionView,
  Statistics,
  StatisticsRow,
} from '../core/analysis/statistics.ts';
import type { SpreadView } from '../core/analysis/spread.ts';
import { durationText, plural } from '../core/findings/findingRule.ts';
import { type AnsweredByCounts, answeredByText } from '../core/view/answeredByCounts.ts';

const MOST_GROUP_ROWS = 10;
const TOPIC_WIDTH = 34;
const LONGEST_TOPIC = 60;

interface Cells {
  readonly count?: string;
  readonly mean?: string;
  readonly min?: string;
  readonly max?: string;
  readonly row?: StatisticsRow;
}

/** Empty when nothing was answered. */
export function answersLine(counts: AnsweredByCounts): readonly string[] {
  const text = answeredByText(counts);
  return text === '' ? [] : ['', `Answers of lookups: ${text}`];
}

const WIDTHS = [10, 12, 12, 12, 10, 9, 10, 11];

export function statisticsLines(statistics: Statistics): readonly string[] {
  const { service, responseTime, payload, queryNames, records } = statistics;
  return [
    line(
      0,
      'Statistics',
      ['count', 'mean', 'least', 'most', 'per ms', 'share', 'burst/ms', 'burst at'].map((text, k) =>
        text.padStart(WIDTHS[k]!),
      ),
    ),
    counted(0, 'messages', statistics.messages),
    counted(1, 'queries', statistics.queries),
    counted(1, 'responses', statistics.responses),
    ...topic('rcode', statistics.rcodes),
    ...topic('opcode', statistics.opcodes),
    ...topic('type', statistics.types),
    ...topic('class', statistics.classes),
    spreadLine(0, 'payload size, bytes', payload),
    ...payload.buckets.map((bucket) => bucketLine(bucket, (bytes) => String(bytes))),
    spreadLine(0, 'query name length', queryNames.length),
    ...topic('labels of query names', queryNames.labels),
    ...(records === undefined ? [] : recordLines(records)),
    line(0, 'response time', [
      ...cells({
        count: String(responseTime.count),
        mean: durationText(responseTime.mean),
        min: durationText(responseTime.min),
        max: durationText(responseTime.max),
      }),
    ]),
    ...(['p50', 'p90', 'p99'] as const).map((share) =>
      line(1, share, cells({ mean: durationText(responseTime[share]) })),
    ),
    ...responseTime.buckets.map((bucket) => bucketLine(bucket, durationText)),
    line(0, 'service', []),
    counted(1, 'unanswered (request not found)', service.unanswered),
    counted(1, 'retransmissions', service.retransmissions),
    counted(1, 'queries sent again', service.sentAgain),
    counted(1, 'copies of queries', service.copies),
    counted(1, 'unsolicited responses', service.unsolicited),
    counted(1, 'duplicate responses', service.duplicateResponses),
    counted(1, 'late responses', service.lateResponses),
    ...groupLines('servers', statistics.servers),
    ...groupLines('clients', statistics.clients),
    ...groupLines('names', statistics.names),
    ...groupLines('namespaces', statistics.namespaces),
  ];
}

function topic(title: string, rows: readonly NamedRow[]): readonly string[] {
  return [line(0, title, []), ...rows.map((row) => counted(1, row.name, row))];
}

function counted(depth: number, text: string, row: StatisticsRow): string {
  return line(depth, text, cells({ count: String(row.count), row }));
}

function spreadLine(depth: number, text: string, spread: SpreadView): string {
  return line(depth, text, cells({ count: String(spread.count), ...spreadCells(spread, String) }));
}

function spreadCells(
  { count, mean, min, max }: SpreadView,
  textOf: (value: number) => string,
): Pick<Cells, 'mean' | 'min' | 'max'> {
  if (count === 0) return {};
  return { mean: textOf === String ? mean.toFixed(2) : textOf(mean), min: textOf(min), max: textOf(max) };
}

function bucketLine(bucket: BucketRow, textOf: (value: number) => string): string {
  const { from, below } = bucket;
  const text = below === undefined ? `from ${textOf(from)}` : `${textOf(from)} to ${textOf(below)}`;
  const values = { min: textOf(bucket.min), max: textOf(bucket.max), mean: textOf(Math.round(bucket.mean)) };
  return line(1, text, cells({ count: String(bucket.count), ...values, row: bucket }));
}

function recordLines(records: NonNullable<Statistics['records']>): readonly string[] {
  return [
    spreadLine(0, 'questions a response', records.questionsPerResponse),
    ...sectionLines('answers', records.answers),
    ...sectionLines('authorities', records.authorities),
    ...sectionLines('additionals', records.additionals),
  ];
}

function sectionLines(title: string, { perResponse, types }: SectionView): readonly string[] {
  return [
    spreadLine(0, `${title} a response`, perResponse),
    ...types.map(({ type, count, ttlSeconds }) =>
      line(1, `${type}, TTL in s`, cells({ count: String(count), ...spreadCells(ttlSeconds, String) })),
    ),
  ];
}

function groupLines(title: string, { rows, moreRows, otherTransactions }: GroupView): readonly string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_GROUP_ROWS);
  const more = rows.length - shown.length + moreRows;
  const others = otherTransactions === 0 ? '' : `, and ${plural(otherTransactions, 'transaction')} of others`;
  return [
    line(0, title, []),
    ...shown.map((row) => {
      const codes = Object.entries(row.rcodes).map(([code, count]) => `${code} ${String(count)}`);
      const parts = [
        plural(row.queries, 'query', 'queries'),
        `${String(row.unanswered)} unanswered`,
        ...codes,
        ...(row.retransmissions === 0 ? [] : [plural(row.retransmissions, 'retransmission')]),
        ...(row.unsolicited === 0 ? [] : [`${String(row.unsolicited)} unsolicited`]),
        ...(row.latencyNs.count === 0
          ? []
          : [`median ${durationText(row.latencyNs.p50)}, p99 ${durationText(row.latencyNs.p99)}`]),
      ];
      const key = row.key === '' ? '(not known)' : visibleText(row.key);
      return `  ${key.padEnd(TOPIC_WIDTH)}  ${parts.join(', ')}`;
    }),
    ...(more === 0 && others === '' ? [] : [`  and ${String(more)} more${others}`]),
  ];
}

function cells({ count = '', mean = '', min = '', max = '', row }: Cells): readonly string[] {
  const burst = row?.burst;
  return [
    count,
    mean,
    min,
    max,
    row === undefined ? '' : row.ratePerMs.toFixed(4),
    row === undefined ? '' : `${(row.share * 100).toFixed(2)} %`,
    burst === undefined ? '' : burst.ratePerMs.toFixed(4),
    burst === undefined ? '' : `${(burst.startNs / 1e9).toFixed(3)} s`,
  ].map((text, k) => text.padStart(WIDTHS[k]!));
}

function line(depth: number, text: string, columns: readonly string[]): string {
  const indented = `${'  '.repeat(depth)}${visibleText(text).slice(0, LONGEST_TOPIC)}`;
  return `${indented.padEnd(TOPIC_WIDTH)}${columns.join('')}`.trimEnd();
}
