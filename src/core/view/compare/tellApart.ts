/**
 * Whether two shares differ by more than chance: the two-proportion z-test, which is how a median (Mood's test) and any other percentile are
 * compared, too: by the shares of both sides above one threshold. A figure that looks different and cannot be told apart is
 * called so, since a person who compares before and after wants a difference to be there.
 */

/** Part of a whole: so many of so many. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** How the second compares with the first. `few`: one of them is too small to tell; `chance`: they differ, and chance alone may do that. */
export type Difference = 'same' | 'more' | 'less' | 'chance' | 'few';

/** Below so many on either side nothing is told. */
export const FEWEST_TO_TELL = 20;
/** Of a comparison with a few dozen figures one in three would be called different by chance at the usual 5 %; at 1 in 370 few are. */
const DEVIATIONS = 3;

export function tellApart(a: Share, b: Share): Difference {
  if (a.of < FEWEST_TO_TELL || b.of < FEWEST_TO_TELL) return 'few';
  const [first, second] = [a.part / a.of, b.part / b.of];
  if (first === second) return 'same';
  const both = (a.part + b.part) / (a.of + b.of);
  const deviation = Math.sqrt(both * (1 - both) * (1 / a.of + 1 / b.of));
  if (Math.abs(second - first) < DEVIATIONS * deviation) return 'chance';
  return second > first ? 'more' : 'less';
}
