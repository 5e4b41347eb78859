/** Conditions on a lookup, told from conditions on one of its events: what holds for all events alike may stand beside any other. */
import type { FilterNode } from './ast.ts';
import { parseFilter } from './parser.ts';

/**
 * The same lookups, chosen by a condition on the lookup as a whole: beside another filter it narrows what that one chooses to the lookups that
 * both find, each by an event of its own.
 * @param filter sound
 */
export function ofLookup(filter: string): string {
  const { value } = parseFilter(filter);
  return value === undefined || isOfLookup(value) ? filter : `not none(${filter})`;
}

function isOfLookup(node: FilterNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.items.every(isOfLookup);
    case 'not':
      return isOfLookup(node.item);
    case 'compare':
    case 'present':
      return node.field.level === 'lookup';
    case 'none':
    case 'verdict':
      return true;
    case 'word':
      return false;
  }
}
