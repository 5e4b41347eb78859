/**
 * The columns of an export, in order: one list that CSV, Parquet and docs/export.md share (a test holds the page to it).
 * Names are SQL's: lower case with underscores, the unit at the end. A column keeps its name and type for ever; new ones
 * are added at the end.
 */
import type { TransactionRecord } from './transactionRecords.ts';

/**
 * - `text`, `boolean`, `list` (of texts)
 * - `int32`
 * - `int64` a bigint, or a number that is whole
 */
export type ColumnType = 'text' | 'boolean' | 'int32' | 'int64' | 'list';

export type CellValue = string | number | bigint | boolean | readonly string[] | undefined;

export interface ExportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** `undefined` is no value (NULL); a list is never undefined. */
  readonly of: (record: TransactionRecord) => CellValue;
}

export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  { name: 'transaction_id', type: 'int64', of: (record) => record.id },
  { name: 'time_ns', type: 'int64', of: (record) => record.timeNs },
  { name: 'response_time_ns', type: 'int64', of: (record) => record.responseTimeNs },
  { name: 'vantage', type: 'text', of: (record) => record.vantage },
  { name: 'vantage_role', type: 'text', of: (record) => record.vantageRole },
  { name: 'leg', type: 'text', of: (record) => record.leg },
  { name: 'protocol', type: 'text', of: (record) => record.protocol },
  { name: 'client_address', type: 'text', of: (record) => record.client.address },
  { name: 'client_port', type: 'int32', of: (record) => record.client.port },
  { name: 'client_kind', type: 'text', of: (record) => record.client.kind },
  { name: 'client_namespace', type: 'text', of: (record) => record.client.namespace },
  { name: 'client_name', type: 'text', of: (record) => record.client.name },
  { name: 'client_node', type: 'text', of: (record) => record.client.node },
  { name: 'server_address', type: 'text', of: (record) => record.server.address },
  { name: 'server_port', type: 'int32', of: (record) => record.server.port },
  { name: 'server_kind', type: 'text', of: (record) => record.server.kind },
  { name: 'server_namespace', type: 'text', of: (record) => record.server.namespace },
  { name: 'server_name', type: 'text', of: (record) => record.server.name },
  { name: 'server_node', type: 'text', of: (record) => record.server.node },
  { name: 'dns_id', type: 'int32', of: (record) => record.dnsId },
  { name: 'name', type: 'text', of: (record) => record.name },
  { name: 'type', type: 'text', of: (record) => record.type },
  { name: 'class', type: 'text', of: (record) => record.class },
  { name: 'state', type: 'text', of: (record) => record.state },
  { name: 'rcode', type: 'text', of: (record) => record.rcode },
  { name: 'latency_ns', type: 'int64', of: (record) => record.latencyNs },
  { name: 'retransmissions', type: 'int32', of: (record) => record.retransmissions },
  { name: 'query_size', type: 'int32', of: (record) => record.querySize },
  { name: 'response_size', type: 'int32', of: (record) => record.responseSize },
  { name: 'truncated', type: 'boolean', of: (record) => record.truncated },
  { name: 'authoritative', type: 'boolean', of: (record) => record.authoritative },
  { name: 'answer_count', type: 'int32', of: (record) => record.answerCount },
  { name: 'addresses', type: 'list', of: (record) => record.addresses },
  { name: 'answers', type: 'list', of: (record) => record.answers },
  { name: 'exchange_id', type: 'int64', of: (record) => record.exchange },
  { name: 'join_confidence', type: 'text', of: (record) => record.joinConfidence },
  { name: 'lookup_id', type: 'int64', of: (record) => record.lookup },
  { name: 'lookup_name', type: 'text', of: (record) => record.lookupName },
  { name: 'lookup_outcome', type: 'text', of: (record) => record.lookupOutcome },
  { name: 'lookup_latency_ns', type: 'int64', of: (record) => record.lookupLatencyNs },
  { name: 'fault_hop', type: 'text', of: (record) => record.faultHop },
  { name: 'confidence', type: 'text', of: (record) => record.confidence },
  { name: 'findings', type: 'list', of: (record) => record.findings },
  { name: 'query_packet', type: 'int64', of: (record) => record.queryPacket },
  { name: 'response_packet', type: 'int64', of: (record) => record.responsePacket },
  { name: 'answered_by', type: 'text', of: (record) => record.answeredBy },
];
