/** The files beside the packets of a kept trace, as its writer and its readers name them. */
import * as fs from 'node:fs';

export const NOTES_FILE = 'notes.txt';
export const TOPOLOGY_FILE = 'topology.txt';
const MOST_NOTES = 16 * 1024 * 1024;

/** Empty when there is none. */
export function textOf(file: string): string {
  try {
    return fs.statSync(file).size > MOST_NOTES ? '' : fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
