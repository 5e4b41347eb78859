/** Prints what was measured, ms, against its goal. */
export function tell(what: string, values: readonly number[], goal: number): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const p95 = at(0.95);
  process.stdout.write(
    `panel: ${what}: p95 ${p95.toFixed(1)} ms, median ${at(0.5).toFixed(1)} ms (goal ${String(goal)} ms: ${p95 <= goal ? 'met' : 'missed'})\n`,
  );
}
