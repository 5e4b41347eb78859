import type { Problem } from '../../base/problem.ts';

/** The largest packet a capture may hold, in bytes: tcpdump's own ceiling (MAXIMUM_SNAPLEN). More is damage, not data. */
export const MAX_CAPTURED_LENGTH = 262_144;

/** One capture format. It sees whole records only; the stream owner keeps what straddles two chunks. */
export interface RecordReader {
  /** Bytes wanted from the position that `consume` returned last before it can go on. Always more than it had there. */
  readonly needed: number;
  /** Set once the stream makes no sense any more; everything before was delivered. */
  readonly problem: Problem | undefined;
  readonly packets: number;
  readonly linkTypes: readonly number[];
  readonly comments: readonly string[];
  /**
   * Delivers the whole records in `[start, end)`.
   * @param base stream position of `bytes[0]`, in bytes
   * @returns the position after the last whole record; beyond `end` when the bytes up to there are of no interest
   */
  consume(bytes: Uint8Array, start: number, end: number, base: number): number;
}

export function damagedCapture(position: number, what: string): Problem {
  return {
    code: 'damaged-capture',
    detail: `The capture is damaged at byte ${position}: ${what}`,
    recover: 'Everything before that byte is shown; take the capture again for the rest',
  };
}
