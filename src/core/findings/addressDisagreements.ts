/**
 * CoreDNS pods that give different addresses for one Service: the comparison of answers behind `replicas-disagree`. Compared are sets, so that shuffling
 * (`loadbalance`) is no difference, for names whose answers are kept (`trace/answerTally.ts`: Services of a topology, and expected names), since names
 * outside the cluster may well have other addresses each time.
 * Two pods disagree when each gave its answer twice or more and both kept to them side by side for 35 s: longer than a cache keeps an answer and a
 * change takes to reach every pod. Excluded: answers cut to fit UDP, ExternalName, and a pod that itself says several things at the same time.
 */
import type { AnswerEntry, AnswerVariant } from '../trace/answerTally.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 2;
const SETTLED_NS = 35e9;

export interface AddressDisagreement {
  readonly servers: readonly [number, number];
  /** What each said, of the first name. */
  readonly said: readonly [readonly string[], readonly string[]];
  readonly group: LookupGroup;
  readonly proofs: readonly number[];
}

export function addressDisagreements(
  context: FindingContext,
  replicas: ReadonlySet<number>,
): readonly AddressDisagreement[] {
  const { answers } = context.engine.trace;
  if (answers === undefined) return [];
  const questions = new Map<string, AnswerEntry[]>();
  for (const entry of answers.entries()) {
    if (!replicas.has(entry.server)) continue;
    const key = `${String(entry.name)}:${String(entry.qtype)}`;
    const entries = questions.get(key);
    if (entries === undefined) questions.set(key, [entry]);
    else entries.push(entry);
  }
  const all = new Map<string, AddressDisagreement & { readonly proofs: number[]; readonly lookups: Set<number> }>();
  for (const entries of questions.values()) {
    if (entries.length < 2 || isExternalName(context, entries[0]!.name)) continue;
    for (const [k, first] of entries.entries()) {
      for (const second of entries.slice(k + 1)) {
        const said = different(first, second);
        if (said === undefined) continue;
        const servers = [first.server, second.server] as const;
        const one = all.get(servers.join()) ?? {
          servers,
          said: [said[0].addresses, said[1].addresses] as const,
          group: new LookupGroup(),
          proofs: [],
          lookups: new Set<number>(),
        };
        all.set(servers.join(), one);
        for (const variant of said) addTo(context, one, variant);
      }
    }
  }
  return [...all.values()].filter(({ group }) => group.lookups.length > 0);
}

function isExternalName({ engine }: FindingContext, name: number): boolean {
  return engine.topology.serviceNamed(engine.trace.names.textOf(name).toLowerCase())?.kind === 'external-name';
}

/** An answer of each that differ and stood side by side. */
function different(first: AnswerEntry, second: AnswerEntry): readonly [AnswerVariant, AnswerVariant] | undefined {
  if (isUnsteady(first) || isUnsteady(second)) return undefined;
  for (const a of first.variants.filter(isKept)) {
    for (const b of second.variants.filter(isKept)) {
      const together = Math.min(a.last, b.last) - Math.max(a.first, b.first);
      if (together >= SETTLED_NS && a.addresses.join() !== b.addresses.join()) return [a, b];
    }
  }
  return undefined;
}

function isKept({ count, cut, denied, addresses }: AnswerVariant): boolean {
  return count >= FEWEST && !cut && !denied && addresses.length > 0;
}

/** It says several things in one stretch of time: then nothing can be laid to the pod. */
function isUnsteady({ variants }: AnswerEntry): boolean {
  const byTime = [...variants].sort((a, b) => a.first - b.first);
  return byTime.some((variant, k) => k > 0 && variant.first < byTime[k - 1]!.last);
}

function addTo(
  context: FindingContext,
  one: { readonly group: LookupGroup; readonly proofs: number[]; readonly lookups: Set<number> },
  variant: AnswerVariant,
): void {
  const { trace } = context.engine;
  for (const [k, id] of variant.transactions.entries()) {
    const lookup = trace.lookupOf(trace.transactions.of(id).exchange[id & ROW_MASK]!);
    if (lookup === NONE || one.lookups.has(lookup) || !context.isOpen(lookup)) continue;
    one.lookups.add(lookup);
    one.group.add(context, lookup);
    if (k < 2) one.proofs.push(id);
  }
}
