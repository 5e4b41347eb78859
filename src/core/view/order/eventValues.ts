import type { TransactionRows } from '../../trace/tables.ts';

/** The value of a row in a chunk of transactions. */
export type Read = (chunk: TransactionRows, row: number, id: number) => number;

export interface Values {
  /** Of a transaction as a row. */
  readonly whole: Read;
  /** Of its messages, where that is another. */
  readonly query?: Read;
  readonly response?: Read;
  /** Not all are whole numbers of 32 bits. */
  readonly isWide?: boolean;
}
