/**
 * Which errors a change brings. What the cluster's text has already is no reason to refuse another change of it: an image
 * with plugins of its own runs with "errors" that lint alone sees. An edit moves lines, so errors are the same when rule and
 * words are; of several such the ones that kept their distance to the beginning or the end of the text are the old ones.
 * Linear in the number of errors.
 */
import type { ClusterFacts } from '../../core/corefile/clusterFacts.ts';
import type { Diagnostic } from '../../core/corefile/diagnostic.ts';
import { unknownPlugin } from '../../core/corefile/rules/cf119-unknown-plugin.ts';
import { lintLive } from '../cluster/lintLiveCorefiles.ts';
import type { LiveCorefile, LiveCorefiles } from '../cluster/liveCorefiles.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';

/** An error of some part of a cluster's Corefiles. */
export interface PartError {
  readonly place: CorefilePlace;
  readonly diagnostic: Diagnostic;
  readonly linesBelow: number;
}

/** What lint says of all parts: a change in one may break another. */
export interface PartsLint {
  readonly errors: readonly PartError[];
  readonly of: (part: LiveCorefile | undefined) => readonly Diagnostic[];
}

export function lintOf(live: LiveCorefiles, facts: ClusterFacts): PartsLint {
  const { diagnostics } = lintLive(live, facts);
  const errors = [...diagnostics].flatMap(([{ place, text }, found]) => {
    const lines = text.split('\n').length;
    return found
      .filter(({ severity }) => severity === 'error')
      .map((diagnostic) => ({ place, diagnostic, linesBelow: lines - diagnostic.start.line }));
  });
  return { errors, of: (part) => (part === undefined ? [] : (diagnostics.get(part) ?? [])) };
}

export function newErrors(before: readonly PartError[], after: readonly PartError[]): readonly PartError[] {
  const old = bySameness(before);
  return [...bySameness(after)].flatMap(([key, found]) => {
    const known = old.get(key) ?? [];
    const moved = matched(matched({ known, found }, fromStart), fromEnd).found;
    return [...new Set([...moved, ...found])].slice(0, Math.max(found.length - known.length, 0));
  });
}

interface Unmatched {
  readonly known: readonly PartError[];
  readonly found: readonly PartError[];
}

const fromStart = ({ diagnostic }: PartError): number => diagnostic.start.line;
const fromEnd = ({ linesBelow }: PartError): number => linesBelow;

/** What is left when errors at equal places are taken for the same. */
function matched({ known, found }: Unmatched, placeOf: (error: PartError) => number): Unmatched {
  const places = new Set(known.map(placeOf));
  const kept = new Set(found.map(placeOf).filter((one) => places.has(one)));
  const isLeft = (error: PartError): boolean => !kept.has(placeOf(error));
  return { known: known.filter(isLeft), found: found.filter(isLeft) };
}

/** Only CoreDNS's own image can tell: a name that lint does not know and that resembles none which it knows. */
export const isForCoreDns = ({ diagnostic: { rule, fixes } }: PartError): boolean =>
  rule === unknownPlugin.code && fixes.length === 0;

function bySameness(errors: readonly PartError[]): ReadonlyMap<string, readonly PartError[]> {
  const groups = new Map<string, PartError[]>();
  for (const error of errors) {
    const key = sameness(error);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [error]);
    else group.push(error);
  }
  return groups;
}

const sameness = ({ place, diagnostic }: PartError): string =>
  JSON.stringify([place.namespace, place.name, place.key, diagnostic.rule, diagnostic.message]);
