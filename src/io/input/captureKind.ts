/** What a file is, by its first bytes and never by its name. */
import { u32be } from '../../core/packet/bytes.ts';
import { readPcapMagic } from '../../core/packet/pcapReader.ts';
import { isTarHeader } from './tarReader.ts';

export type CaptureKind = 'capture' | 'gzip' | 'zstd' | 'tar';

/** Bytes that {@link kindOf} wants to see; a shorter file is judged by what it has. */
export const HEAD_LENGTH = 512;

/** `undefined` for anything else, damaged captures and unknown compressions included. */
export function kindOf(head: Uint8Array): CaptureKind | undefined {
  if (head.length < 4) return undefined;
  const magic = u32be(head, 0);
  if (magic === 0x0a0d0d0a || readPcapMagic(head, 0) !== undefined) return 'capture';
  if (magic >>> 16 === 0x1f8b) return 'gzip';
  // A zstd frame, or a skippable frame before it (RFC 8878 §3.1.1, §3.1.2): parallel compressors begin with one.
  if (magic === 0x28b52ffd || ((magic & 0xf0ff_ffff) >>> 0 === 0x502a4d18 && head.length >= 8)) return 'zstd';
  return isTarHeader(head) ? 'tar' : undefined;
}
