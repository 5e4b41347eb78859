import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import { LinkButton } from '../../widgets/button.tsx';
import { formatCount, formatPlural } from '../../widgets/format.ts';

export interface HexViewProps {
  /** Two digits per byte, no blanks. */
  readonly hex: string;
  /** Lit bytes, from `start` to before `end`. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly onByte: (offset: number) => void;
}

const PER_LINE = 16;
/** Bytes shown at first and with each step: a message of 64 kB would be 130,000 elements. */
const STEP = 512;

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·');

/** Offset, bytes and characters, sixteen a line; the lit range is marked in both. */
export function HexView({ hex, start, end, onByte }: HexViewProps) {
  const [limit, setLimit] = useState(STEP);
  const total = Math.floor(hex.length / 2);
  const reach = end !== undefined && end > limit ? Math.ceil(end / STEP) * STEP : limit;
  const shown = Math.min(total, reach);
  const lines: number[] = [];
  for (let at = 0; at < shown; at += PER_LINE) lines.push(at);
  const lit = (offset: number): boolean => start !== undefined && end !== undefined && offset >= start && offset < end;

  return (
    <div
      class="hex"
      role="group"
      tabIndex={0}
      aria-label={[
        formatPlural(total, l10n.t('{0} byte|{0} bytes')),
        ...(start === undefined || end === undefined ? [] : [l10n.t('{0} to {1} marked', start, end - 1)]),
      ].join(', ')}
    >
      {lines.map((at) => {
        const offsets = Array.from({ length: Math.min(PER_LINE, shown - at) }, (_, index) => at + index);
        return (
          <div key={at} class="hex-line">
            <span class="hex-offset">{at.toString(16).padStart(4, '0')}</span>
            <span class="hex-bytes">
              {offsets.map((offset) => (
                <span
                  key={offset}
                  class={lit(offset) ? 'hex-byte hex-lit' : 'hex-byte'}
                  data-offset={offset}
                  onClick={() => onByte(offset)}
                >
                  {hex.slice(offset * 2, offset * 2 + 2)}
                </span>
              ))}
            </span>
            <span class="hex-text" aria-hidden="true">
              {offsets.map((offset) => (
                <span key={offset} class={lit(offset) ? 'hex-lit' : undefined} onClick={() => onByte(offset)}>
                  {printable(Number.parseInt(hex.slice(offset * 2, offset * 2 + 2), 16))}
                </span>
              ))}
            </span>
          </div>
        );
      })}
      {shown < total && (
        <LinkButton onClick={() => setLimit(reach + STEP)}>
          {l10n.t('Show more of {0} bytes', formatCount(total))}
        </LinkButton>
      )}
    </div>
  );
}
