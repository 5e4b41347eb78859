/** Tar archives for tests, as GNU tar, Go's archive/tar and pax write them. */
import { concat, text } from './packetBuilder.ts';

export interface TarEntry {
  readonly name: string;
  readonly data?: Uint8Array;
  /** `0` file, `5` folder, `2` link, … */
  readonly type?: string;
  /** Long names as GNU writes them; pax otherwise. */
  readonly gnu?: boolean;
}

export function tarArchive(entries: readonly TarEntry[]): Uint8Array {
  return concat(...entries.flatMap(entryBlocks), new Uint8Array(1024));
}

function entryBlocks(entry: TarEntry): readonly Uint8Array[] {
  const data = entry.data ?? new Uint8Array(0);
  const own = [tarHeader(entry.name.slice(0, 100), data.length, entry.type ?? '0'), padded(data)];
  if (text(entry.name).length <= 100) return own;
  if (entry.gnu === true) {
    const long = text(`${entry.name}\0`);
    return [tarHeader('././@LongLink', long.length, 'L'), padded(long), ...own];
  }
  const record = paxRecord('path', entry.name);
  return [tarHeader('PaxHeaders/0', record.length, 'x'), padded(record), ...own];
}

export function paxRecord(key: string, value: string): Uint8Array {
  const body = ` ${key}=${value}\n`;
  let length = text(body).length;
  while (text(`${String(length)}${body}`).length !== length) length = text(`${String(length)}${body}`).length;
  return text(`${String(length)}${body}`);
}

export function tarHeader(name: string, size: number, type: string, prefix = ''): Uint8Array {
  const header = new Uint8Array(512);
  const write = (at: number, value: string): void => {
    header.set(text(value), at);
  };
  write(0, name);
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  write(124, `${size.toString(8).padStart(11, '0')}\0`);
  write(136, '00000000000\0');
  write(148, '        ');
  write(156, type);
  write(257, 'ustar\0' + '00');
  write(345, prefix);
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

function padded(data: Uint8Array): Uint8Array {
  return concat(data, new Uint8Array(-data.length & 511));
}

/** The archive with each header's checksum put right again, in place: damage that a reader believes. */
export function sumTarHeaders(archive: Uint8Array): Uint8Array {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const header = archive.subarray(at, at + 512);
    if (header[257] !== 0x75 || header[258] !== 0x73) continue; // "us" of ustar
    header.fill(32, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
  return archive;
}
