/**
 * Records as a Parquet file (parquet.apache.org): one row group every 32,768 records, encoded and written before the next is
 * collected, so that memory holds one group however long the trace is. The library writes the format; what it gets are
 * plain columns. Only the entry of this folder leads here, because the library is 50 kB that few traces need.
 */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { type CellValue, type ColumnType, EXPORT_COLUMNS } from '../../core/export/columns.ts';
import type { TransactionRecord } from '../../core/export/transactionRecords.ts';
import type { ByteSink } from '../atomicFile.ts';

const GROUP_ROWS = 32_768;

export class ParquetFile {
  readonly #sink: ByteSink;
  readonly #bytes = new ByteWriter(1024 * 1024);
  readonly #writer: ParquetWriter;
  #columns: unknown[][] = EXPORT_COLUMNS.map(() => []);
  #rows = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: parquetSchema(),
      createdBy: 'DNScope',
      kvMetadata: [{ key: 'dnscope.columns', value: '1' }],
    });
  }

  /** Resolves at once, except when a group is full and goes out. */
  async add(record: TransactionRecord): Promise<void> {
    EXPORT_COLUMNS.forEach(({ type, of }, index) => {
      this.#columns[index]!.push(parquetValue(of(record), type));
    });
    if (++this.#rows === GROUP_ROWS) await this.#writeGroup();
  }

  async end(): Promise<void> {
    if (this.#rows > 0) await this.#writeGroup();
    await this.#writer.finish();
    await this.#flush();
  }

  async #writeGroup(): Promise<void> {
    await this.#writer.write({
      columnData: EXPORT_COLUMNS.map(({ name }, index) => ({ name, data: this.#columns[index]! })),
      rowGroupSize: this.#rows,
    });
    this.#columns = EXPORT_COLUMNS.map(() => []);
    this.#rows = 0;
    await this.#flush();
  }

  /** The library's writer collects bytes; its own count of all of them, which offsets in the file rest on, goes on. */
  async #flush(): Promise<void> {
    const bytes = this.#bytes as ByteWriter & { index: number };
    // Why copy: the sink may still hold the piece while the next group overwrites the buffer.
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    if (piece.length > 0) await this.#sink.write(piece);
  }
}

function parquetValue(value: CellValue, type: ColumnType): unknown {
  return type === 'int64' && typeof value === 'number' ? BigInt(Math.round(value)) : value;
}

function parquetSchema(): SchemaElement[] {
  const fields = EXPORT_COLUMNS.flatMap(({ name, type }): SchemaElement[] => {
    const repetition_type = 'OPTIONAL';
    switch (type) {
      case 'text':
        return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
      case 'boolean':
        return [{ name, type: 'BOOLEAN', repetition_type }];
      case 'int32':
        return [{ name, type: 'INT32', repetition_type }];
      case 'int64':
        return [{ name, type: 'INT64', repetition_type }];
      case 'list':
        return [
          { name, converted_type: 'LIST', repetition_type, num_children: 1 },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type },
        ];
    }
  });
  return [{ name: 'transactions', num_children: EXPORT_COLUMNS.length }, ...fields];
}
