/** The engine's table of statistics as a tree, in the order of `analyze --stats`; records are counted by that alone. */
import { payloadCode } from '../../analysis/collectStatistics.ts';
import { LatencyHistogram } from '../../analysis/latencyHistogram.ts';
import type { BucketRow, NamedRow, Statistics, StatisticsRow } from '../../analysis/statistics.ts';
import type { SpreadView } from '../../analysis/spread.ts';
import type { StatisticsPartial, Topic } from '../../analysis/statisticsPartial.ts';
import { readCode } from '../../filter/codes.ts';
import { durationText } from '../../findings/findingRule.ts';
import {
  latencyWithin,
  type StatisticsConditions,
  WITH_RESPONSE,
  WITHOUT_RESPONSE,
  within,
  without,
} from './statisticsConditions.ts';
import type { StatisticsCount, StatisticsNode, StatisticsValues } from './statisticsRows.ts';

const WITH_REPEATS = 'A filter finds a message together with its repeats';

export function statisticsTree(
  statistics: Statistics,
  partial: StatisticsPartial,
  conditions: StatisticsConditions,
  originUs: number,
): readonly StatisticsNode[] {
  const { service, payload, queryNames, responseTime } = statistics;
  const messages = (count: number, ...filter: readonly string[]): StatisticsCount => ({
    count,
    rows: 'messages',
    filter,
  });
  const transactions = (count: number, ...filter: readonly string[]): StatisticsCount => ({
    count,
    rows: 'transactions',
    filter,
  });
  const row = (
    id: string,
    title: string,
    from: StatisticsRow,
    figure: StatisticsCount,
    more: Partial<StatisticsNode> = {},
  ): StatisticsNode => ({ id, title, figure, ...rateOf(from, originUs), children: [], ...more });
  const named = (
    topic: Topic & ('rcode' | 'opcode' | 'type' | 'class'),
    title: string,
    rows: readonly NamedRow[],
    filterOf: (name: string) => readonly string[],
  ): StatisticsNode => ({
    id: topic,
    title,
    children: rows.map((one) => {
      // Types and classes are the query's for all messages of a transaction, so repeats do not differ in them.
      const code = readCode(topic, one.name)!;
      const figure = conditions.ofMessages(one.count, filterOf(one.name), topic, code);
      return row(`${topic}/${one.name}`, one.name, one, figure);
    }),
  });
  return [
    row('messages', 'Messages', statistics.messages, messages(statistics.messages.count), {
      children: [
        row('messages/queries', 'Queries', statistics.queries, messages(statistics.queries.count, 'qr == Q')),
        row('messages/responses', 'Responses', statistics.responses, messages(statistics.responses.count, 'qr == R')),
      ],
    }),
    named('rcode', 'Response codes', statistics.rcodes, (name) => ['qr == R', `rcode == ${name}`]),
    named('type', 'Record types', statistics.types, (name) => [`type == ${name}`]),
    named('class', 'Classes', statistics.classes, (name) => [`class == ${name}`]),
    named('opcode', 'Opcodes', statistics.opcodes, (name) => [`dns.flags.opcode == ${name}`]),
    {
      id: 'payload',
      title: 'Message size',
      values: valuesOf('bytes', payload),
      children: payload.buckets.map((bucket) => {
        const filter = within('size', bucket.from === 0 ? undefined : bucket.from, bucket.below);
        const figure = conditions.ofMessages(bucket.count, filter, 'payload', payloadCode(bucket.from));
        return bucketRow('payload', bucket, 'bytes', bytesText, figure, originUs);
      }),
    },
    {
      id: 'names',
      title: 'Characters of query names',
      values: valuesOf('number', queryNames.length),
      children: queryNames.labels.map((one) => {
        const filter = ['qr == Q', LABELS[Number.parseInt(one.name, 10)]!];
        const title = one.name === '1' ? '1 label' : `${one.name} labels`;
        return row(`names/${one.name}`, title, one, conditions.ofLabels(one.count, filter));
      }),
    },
    {
      id: 'responseTime',
      title: 'Response time',
      figure: transactions(responseTime.count, WITH_RESPONSE),
      values: {
        ...valuesOf('time', responseTime),
        percentiles: percentilesOf(partial),
      },
      children: responseTime.buckets.map((bucket) => {
        const filter = latencyWithin(bucket.from === 0 ? undefined : bucket.from, bucket.below);
        return bucketRow('responseTime', bucket, 'time', edgeText, transactions(bucket.count, ...filter), originUs);
      }),
    },
    {
      id: 'service',
      title: 'Service',
      children: [
        row(
          'service/unanswered',
          'Without a response',
          service.unanswered,
          transactions(service.unanswered.count, WITHOUT_RESPONSE),
        ),
        row(
          'service/sentAgain',
          'Queries sent again',
          service.sentAgain,
          transactions(service.sentAgain.count, 'retransmissions > 0'),
        ),
        row(
          'service/retransmissions',
          'Retransmissions',
          service.retransmissions,
          without(service.retransmissions.count, 'messages', `${WITH_REPEATS}: see Queries sent again`),
        ),
        row(
          'service/copies',
          'Copies of queries',
          service.copies,
          without(service.copies.count, 'messages', WITH_REPEATS),
        ),
        row(
          'service/unsolicited',
          'Responses nobody asked for',
          service.unsolicited,
          messages(service.unsolicited.count, 'state == unsolicited'),
        ),
        row(
          'service/duplicates',
          'Repeated responses',
          service.duplicateResponses,
          without(service.duplicateResponses.count, 'messages', WITH_REPEATS),
        ),
        row(
          'service/late',
          'Late responses',
          service.lateResponses,
          transactions(service.lateResponses.count, 'qr == R', 'state == late'),
        ),
      ],
    },
  ];
}

/** By their number; the last is for that many or more. */
const LABELS: readonly string[] = [
  'name == .',
  'name ~ "^[^.]+$"',
  'name ~ "^[^.]+[.][^.]+$"',
  'name ~ "^[^.]+[.][^.]+[.][^.]+$"',
  'name ~ "^[^.]+([.][^.]+){3,}$"',
];

function rateOf({ share, ratePerMs, burst }: StatisticsRow, originUs: number): Partial<StatisticsNode> {
  if (burst === undefined) return { share };
  const { count, windowMs, startNs } = burst;
  return { share, ratePerMs, burst: { count, windowMs, startNs, startUs: originUs + startNs / 1e3 } };
}

function valuesOf(unit: StatisticsValues['unit'], { min, mean, max }: SpreadView): StatisticsValues {
  return { unit, min, mean, max };
}

function percentilesOf({ latency }: StatisticsPartial): readonly [number, number, number] {
  const histogram = new LatencyHistogram();
  histogram.addPartial(latency);
  return [histogram.percentile(0.5), histogram.percentile(0.95), histogram.percentile(0.99)];
}

function bucketRow(
  within: string,
  bucket: BucketRow,
  unit: StatisticsValues['unit'],
  textOf: (value: number) => string,
  figure: StatisticsCount,
  originUs: number,
): StatisticsNode {
  const { from, below } = bucket;
  const title =
    below === undefined
      ? `${textOf(from)} or more`
      : from === 0
        ? `Below ${textOf(below)}`
        : `${textOf(from)} to ${textOf(below)}`;
  return {
    id: `${within}/${String(from)}`,
    title,
    figure,
    values: valuesOf(unit, bucket),
    ...rateOf(bucket, originUs),
    children: [],
  };
}

/** Edges are whole: `1 ms`. */
function edgeText(nanoseconds: number): string {
  return durationText(nanoseconds).replace(/\.0+ /u, ' ');
}

function bytesText(bytes: number): string {
  return `${String(bytes)} bytes`;
}
