import type { ReadBytes } from './traceEngine.ts';

const STEP = 64 * 1024;
/** A packet of at most 64 KiB that begins in a step ends in the next one at the latest. */
const BLOCK = 2 * STEP;
const MOST_BLOCKS = 8;

/**
 * Reads in blocks for somebody who goes through a capture from front to back, now and then a few seconds ahead: a pass over
 * it costs a few thousand reads instead of one a message. Holds 1 MiB. Bytes near the end, where no whole block is left, are
 * read as asked for.
 */
export function readAhead(read: ReadBytes | undefined): ReadBytes | undefined {
  if (read === undefined) return undefined;
  // A Map keeps the order of insertion: the first one is the one used longest ago.
  const blocks = new Map<number, Uint8Array>();
  return (offset, length) => {
    const start = Math.floor(offset / STEP) * STEP;
    const at = offset - start;
    if (at + length > BLOCK) return read(offset, length);
    const known = blocks.get(start);
    const block = known ?? read(start, BLOCK);
    if (block === undefined) return read(offset, length);
    blocks.delete(start);
    blocks.set(start, block);
    const [oldest] = blocks.keys();
    if (blocks.size > MOST_BLOCKS && oldest !== undefined) blocks.delete(oldest);
    return block.slice(at, at + length);
  };
}
