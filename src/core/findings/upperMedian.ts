/** The middle one of the numbers in order, the higher of two; 0 without any. */
export function upperMedian(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
