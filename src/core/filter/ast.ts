/** A filter as a tree: typed, so that what compiles it asks nothing about text any more. Offsets are UTF-16 units of the text. */
import type { FilterField } from './fields.ts';
import type { Pattern } from './pattern.ts';

/** One thing a field's value may be; a comparison holds when one of its tests does. */
export type ValueTest =
  /** Numbers, codes, durations (ns), sizes (bytes). */
  | {
      readonly kind: 'range';
      readonly low: number;
      readonly high: number;
      readonly lowOpen: boolean;
      readonly highOpen: boolean;
    }
  /** Text in lower case; names without their final dot. */
  | { readonly kind: 'equals'; readonly text: string }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  /** An address or a network, perhaps with a port. */
  | { readonly kind: 'network'; readonly bytes: readonly number[]; readonly ones: number; readonly port?: number };

/** Words that judge a lookup by themselves. */
export type VerdictWord = 'answered' | 'nodata' | 'nxdomain' | 'error' | 'unanswered' | 'pending' | 'failed' | 'slow';

export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly items: readonly FilterNode[]; readonly start: number; readonly end: number }
  | { readonly kind: 'not'; readonly item: FilterNode; readonly start: number; readonly end: number }
  /** No event of the lookup matches. */
  | { readonly kind: 'none'; readonly item: FilterNode; readonly start: number; readonly end: number }
  | {
      readonly kind: 'compare';
      readonly field: FilterField;
      /** Holds when the field has a value and no test does. */
      readonly negated: boolean;
      readonly tests: readonly ValueTest[];
      readonly start: number;
      readonly end: number;
    }
  /** The field has a value (Wireshark's `dns.response_in`). */
  | { readonly kind: 'present'; readonly field: FilterField; readonly start: number; readonly end: number }
  | { readonly kind: 'verdict'; readonly word: VerdictWord; readonly start: number; readonly end: number }
  /** Text that occurs somewhere in the row, lower case; `pattern` when it has a `*`. */
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly pattern?: Pattern;
      readonly start: number;
      readonly end: number;
    };
