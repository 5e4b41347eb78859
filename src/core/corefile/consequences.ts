/**
 * One defect, one diagnostic. A finding may claim ranges of its file in which whatever other rules find is only a
 * consequence: the misread rest of a block behind a brace that touches a word, the words behind a comment that ended too
 * early. Those are dropped, and when an error was among them, the finding that claimed it becomes the error: where CoreDNS
 * refuses, at least one error remains. Cost: one sweep over the diagnostics for each rule that claims (a handful).
 *
 * Invariant: a claimer is dropped only by one that stands before it, so that no two drop each other.
 */
import type { Severity } from './diagnostic.ts';

export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

export interface Claiming {
  readonly rule: string;
  severity: Severity;
  readonly offset: number;
  readonly claims: readonly OffsetRange[];
  /** The user chose this severity: an error that is dropped doesn't raise it. */
  readonly severityIsChosen: boolean;
}

/** What remains of `found`, in the order of offsets, then rules; raises severities in place. */
export function withoutConsequences<T extends Claiming>(found: readonly T[]): readonly T[] {
  const sorted = found.toSorted((a, b) => a.offset - b.offset || (a.rule < b.rule ? -1 : 1));
  if (sorted.every(({ claims }) => claims.length === 0)) return sorted;
  const place = new Map(sorted.map((item, index) => [item, index]));
  const droppedBy = new Map<T, T>();
  for (const [rule, ranges] of claimsByRule(sorted)) {
    let next = 0;
    let active: { readonly owner: T; readonly end: number } | undefined;
    for (const [index, item] of sorted.entries()) {
      for (let range = ranges[next]; range !== undefined && range.start <= item.offset; range = ranges[++next]) {
        if (active === undefined || range.end > active.end) active = range;
      }
      if (active === undefined || item.offset >= active.end || item.rule === rule || droppedBy.has(item)) continue;
      if (item.claims.length > 0 && (place.get(active.owner) ?? 0) > index) continue;
      droppedBy.set(item, active.owner);
    }
  }
  for (const [item, owner] of droppedBy) {
    if (item.severity !== 'error') continue;
    let last = owner;
    for (let above = droppedBy.get(last); above !== undefined; above = droppedBy.get(last)) last = above;
    if (!last.severityIsChosen) last.severity = 'error';
  }
  return sorted.filter((item) => !droppedBy.has(item));
}

interface OwnedRange<T> extends OffsetRange {
  readonly owner: T;
}

function claimsByRule<T extends Claiming>(sorted: readonly T[]): ReadonlyMap<string, readonly OwnedRange<T>[]> {
  const byRule = new Map<string, OwnedRange<T>[]>();
  for (const owner of sorted) {
    for (const { start, end } of owner.claims) {
      const ranges = byRule.get(owner.rule) ?? [];
      ranges.push({ start, end, owner });
      byRule.set(owner.rule, ranges);
    }
  }
  for (const ranges of byRule.values()) ranges.sort((a, b) => a.start - b.start);
  return byRule;
}
