/** The files beside the packets of a kept trace, as its writer and its readers name them. */
import * as fs from 'node:fs';
import { readExactly } from './spool.ts';

export const NOTES_FILE = 'notes.txt';
export const TOPOLOGY_FILE = 'topology.txt';
const MOST_NOTES = 16 * 1024 * 1024;

/** The lines that fit into what may be read at once; empty when there are none. */
export function textOf(file: string): string {
  let fd: number | undefined;
  try {
    fd = fs.openSync(file, 'r');
    const { size } = fs.fstatSync(fd);
    const text = new TextDecoder().decode(readExactly(fd, 0, Math.min(size, MOST_NOTES)));
    return size > MOST_NOTES ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  } catch {
    return '';
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}
