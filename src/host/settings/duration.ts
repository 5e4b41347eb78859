import * as l10n from '@vscode/l10n';
import type { Problem } from '../../base/problem.ts';

const UNIT_NS: Readonly<Record<string, number>> = { us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
// Both micro signs (U+00B5, U+03BC) are in use; seed 001 writes `5ms`.
const FORM = /^(\d{1,9}(?:\.\d{1,6})?)\s*(us|µs|μs|ms|s|m|h)$/u;

export interface DurationRange {
  /** Name of the setting, for the problem's text. */
  readonly setting: string;
  readonly minNs: number;
  readonly maxNs: number;
  /** The range as a user reads it: `5us to 10s`. */
  readonly rangeText: string;
}

/** Reads `5ms`, `250us`, `1.5s`, `30m`. Gives nanoseconds, or what is wrong with the text. Never throws. */
export function parseDuration(
  text: string,
  range: DurationRange,
): { readonly value?: number; readonly problem?: Problem } {
  const match = FORM.exec(text.trim());
  const amount = Number(match?.[1]);
  const nanoseconds = amount * (UNIT_NS[match?.[2] ?? ''] ?? Number.NaN);
  if (nanoseconds >= range.minNs && nanoseconds <= range.maxNs) return { value: Math.round(nanoseconds) };
  return {
    problem: {
      code: 'bad-setting',
      detail: l10n.t(
        'Setting {0} is {1}, which is no duration from {2}',
        range.setting,
        JSON.stringify(text.slice(0, 40)),
        range.rangeText,
      ),
      recover: l10n.t('Write a number with a unit, for example 5ms'),
    },
  };
}
