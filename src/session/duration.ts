import type { Problem } from '../base/problem.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds of `30s`, `1m30s`, `500ms`, `2h`; a bare number is seconds. More than a day is refused. Never throws. */
export function parseDuration(text: string): { readonly value?: number; readonly problem?: Problem } {
  const bare = /^\d{1,9}$/.test(text) ? `${text}s` : text;
  let total = 0;
  if (/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+$/.test(bare)) {
    for (const [, number, unit] of bare.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g)) {
      total += Number(number) * (UNIT_MS[unit ?? 's'] ?? 0);
    }
  }
  const value = Math.round(total);
  if (value >= 1 && value <= LONGEST_MS) return { value };
  return {
    problem: {
      code: 'bad-duration',
      detail: `${JSON.stringify(text)} is no duration between a millisecond and a day`,
      recover: 'Write it like 30s, 5m or 1h',
    },
  };
}

/** `90 s`, `2 min`, `1 h`: for sentences. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${String(minutes)} min`;
  const hours = Math.round(minutes / 6) / 10;
  return `${String(hours)} h`;
}
