/**
 * The ways of many lookups summed: clients, what they ask, the CoreDNS pods that receive it, the upstreams that those ask, and what passes
 * between. Every figure counts lookups, once each, and comes with the filter that chooses exactly them, beside the one that the picture is of: an
 * edge is of what a condition on one query tells (its leg, its server, who sent it), never of how far the query went.
 * Cost: one pass over lookups and their queries, some 100 ns a query; memory is bounded by groups and places, not by addresses.
 */
import type { Steps } from '../../../base/steps.ts';
import type { FindingSet } from '../../findings/evaluateFindings.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { LookupChoice } from '../lookupChoice.ts';
import { MapPass } from './mapPass.ts';
import { pictureOf, type DnsMap } from './mapPicture.ts';

const STRETCH = 1 << 13;

/**
 * @param choice without one, all lookups count
 * @param findings tell which pod's fault a failure behind it is
 * @param within conditions that made the choice
 */
export function* dnsMapOf(
  engine: TraceEngine,
  findings: FindingSet,
  choice: LookupChoice | undefined,
  within: readonly string[] = [],
): Steps<DnsMap> {
  const { lookups } = engine.trace;
  const pass = new MapPass(engine, findings);
  for (let lookup = 0; lookup < lookups.length; lookup++) {
    if ((lookup & (STRETCH - 1)) === STRETCH - 1) yield;
    if (choice?.has(lookup) !== false) pass.add(lookup);
  }
  return pictureOf(engine, pass, choice === undefined ? [] : within);
}
