/**
 * Answers that are not what they should be: other addresses than the ones the user expects (`--expect`), or than the topology has for a Service. A
 * ClusterIP Service is answered with its own addresses, a headless one with its ready endpoints, and neither is denied.
 * Needs a list of expected addresses, or a topology with Services. Excluded: ExternalName (other names answer for it), addresses that a Service had
 * earlier in a live trace, a server that gave right answers before or after the wrong ones and not meanwhile (the Service changed within the trace),
 * and, for headless Services, wrong answers over less than 35 s: endpoints change, and caches keep answers for 30 s.
 * What it can't know: whether the cluster was the same when the topology was read. So claims that rest on endpoints are `inferred`.
 * Cost: the different answers that were kept (`trace/answerTally.ts`), not the transactions.
 */
import type { AnswerEntry, AnswerVariant } from '../trace/answerTally.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { corednsAddresses } from './corednsReplicas.ts';
import { expectationOf, wrongness, type Expectation, type Wrong } from './expectation.ts';
import { listOf, plural, shownName, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { OutcomeCode } from '../lookups/outcome.ts';
import { uncompared } from './uncomparedAnswers.ts';

/** Longer than a cache keeps an answer about a Service (30 s), and the way of a change to CoreDNS. */
const SETTLED_NS = 35e9;

/** Wrong answers of the same servers, for the same reason. */
interface Matter {
  readonly servers: readonly number[];
  readonly wrong: Wrong;
  readonly expectation: Expectation;
  /** Name id → what was answered and what would be right, of its first wrong answer. */
  readonly names: Map<number, { readonly said: string; readonly right: string }>;
  readonly lookups: Set<number>;
  readonly proofs: number[];
  answers: number;
}

export const answersNotEndpoints: FindingRule = {
  id: 'answers-not-endpoints',
  explains: true,
  evaluate(context) {
    const { answers } = context.engine.trace;
    if (answers === undefined) return [];
    const byName = new Map<number, WrongEntry[]>();
    for (const entry of answers.entries()) {
      const wrong = wrongEntry(context, entry);
      if (wrong === undefined) continue;
      const list = byName.get(entry.name);
      if (list === undefined) byName.set(entry.name, [wrong]);
      else list.push(wrong);
    }
    const untold = uncompared(context, answers);
    if (byName.size === 0) return untold;
    const matters = new Map<string, Matter>();
    for (const entries of byName.values()) collect(context, innermost(context, entries), matters);
    addDenied(context, matters.values());
    const hits = [...matters.values()].filter(({ lookups }) => lookups.size > 0);
    return [...hits.map((matter) => toHit(context, matter)), ...untold];
  },
};

interface WrongEntry {
  readonly entry: AnswerEntry;
  readonly expectation: Expectation;
  readonly variants: readonly { readonly variant: AnswerVariant; readonly wrong: Wrong }[];
}

/** What is wrong with the answers of one server to one question, if anything is that a change meanwhile does not explain. */
function wrongEntry(context: FindingContext, entry: AnswerEntry): WrongEntry | undefined {
  const expectation = expectationOf(context.engine, entry);
  if (expectation === undefined) return undefined;
  const right: AnswerVariant[] = [];
  const variants: { readonly variant: AnswerVariant; readonly wrong: Wrong }[] = [];
  for (const variant of entry.variants) {
    const wrong = wrongness(expectation, variant);
    if (wrong === undefined) right.push(variant);
    else variants.push({ variant, wrong });
  }
  if (variants.length === 0) return undefined;
  const [from, to] = spanOf(variants.map(({ variant }) => variant));
  if (expectation.kind === 'list') return { entry, expectation, variants };
  if (right.length > 0) {
    const [rightFrom, rightTo] = spanOf(right);
    if (rightFrom > to || rightTo < from) return undefined;
  }
  return expectation.kind === 'headless' && to - from < SETTLED_NS ? undefined : { entry, expectation, variants };
}

function spanOf(variants: readonly AnswerVariant[]): readonly [from: number, to: number] {
  return [Math.min(...variants.map(({ first }) => first)), Math.max(...variants.map(({ last }) => last))];
}

/** Of several servers that say the same wrong thing, those furthest from the client said it first: upstreams, else CoreDNS pods. */
function innermost(context: FindingContext, entries: readonly WrongEntry[]): readonly WrongEntry[] {
  const upstreams = new Set([...context.engine.trace.upstreams.values()].map(({ server }) => server));
  const replicas = corednsAddresses(context.engine);
  const fromUpstreams = entries.filter(({ entry }) => upstreams.has(entry.server) && !replicas.has(entry.server));
  if (fromUpstreams.length > 0) return fromUpstreams;
  const fromReplicas = entries.filter(({ entry }) => replicas.has(entry.server));
  return fromReplicas.length > 0 ? fromReplicas : entries;
}

function collect(context: FindingContext, entries: readonly WrongEntry[], matters: Map<string, Matter>): void {
  const { trace } = context.engine;
  const servers = [...new Set(entries.map(({ entry }) => entry.server))].sort((a, b) => a - b);
  for (const { entry, expectation, variants } of entries) {
    for (const { variant, wrong } of variants) {
      const key = `${servers.join()}:${wrong}:${expectation.kind === 'list' ? 'list' : 'topology'}`;
      const matter = matters.get(key) ?? {
        servers,
        wrong,
        expectation,
        names: new Map<number, { readonly said: string; readonly right: string }>(),
        lookups: new Set<number>(),
        proofs: [],
        answers: 0,
      };
      matters.set(key, matter);
      matter.answers += variant.count;
      for (const id of variant.transactions) {
        const lookup = trace.lookupOf(trace.transactions.of(id).exchange[id & ROW_MASK]!);
        if (lookup === NONE || !context.isOpen(lookup)) continue;
        matter.lookups.add(lookup);
        if (matter.proofs.length < 5) matter.proofs.push(id);
      }
      if (!matter.names.has(entry.name))
        matter.names.set(entry.name, {
          said: variant.denied ? 'NXDOMAIN' : listOf(variant.addresses, 3) || 'no address',
          right: listOf([...expectation.right], 3) || 'no address of this kind',
        });
    }
  }
}

/** Denied lookups of the same names, also those beyond the transactions that are kept: one fault is one finding. */
function addDenied(context: FindingContext, matters: Iterable<Matter>): void {
  const { failures } = context.engine;
  const denied = new Map<number, Matter>();
  for (const matter of matters) {
    if (matter.wrong !== 'denied' || matter.lookups.size === 0) continue;
    for (const name of matter.names.keys()) denied.set(name, matter);
  }
  if (denied.size === 0) return;
  for (const lookup of failures) {
    const chunk = context.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    if (chunk.outcome[row] !== OutcomeCode.nxdomain) continue;
    const matter = denied.get(chunk.name[row]!);
    if (matter !== undefined && context.isOpen(lookup)) matter.lookups.add(lookup);
  }
}

const DOES: Readonly<Record<Wrong, string>> = {
  denied: 'is said not to exist',
  'no-address': 'is answered without an address',
  'other-address': 'is answered with another address',
  incomplete: 'is answered without all of its endpoints',
};

function toHit(context: FindingContext, matter: Matter): RuleHit {
  const { trace } = context.engine;
  const { wrong, expectation, names } = matter;
  const group = new LookupGroup();
  for (const lookup of matter.lookups) group.add(context, lookup);
  const who = listOf(matter.servers.map((server) => context.labelOf(context.addressOf(server))));
  const [[id, { said, right }]] = names as unknown as readonly [
    [number, { readonly said: string; readonly right: string }],
  ];
  const first = shownName(trace.names.textOf(id));
  const others = names.size === 1 ? '' : ` and ${plural(names.size - 1, 'other name')}`;
  const isGiven = expectation.kind === 'list';
  const upstreams = new Set([...trace.upstreams.values()].map(({ server }) => server));
  const isUpstream = matter.servers.every((server) => upstreams.has(server));
  return {
    // Some clients still find somebody when only endpoints are missing.
    severity: wrong === 'incomplete' ? 'warning' : 'error',
    confidence: isGiven ? 'exact' : expectation.kind === 'headless' ? 'inferred' : 'strong',
    hop: isUpstream ? 'upstream' : 'coredns',
    cause: isGiven ? `not-as-expected-${wrong}` : `not-in-topology-${wrong}`,
    title: `${first}${others} ${DOES[wrong]}: ${who} ${matter.servers.length === 1 ? 'says' : 'say'} ${said}, ${isGiven ? 'expected is' : 'the cluster has'} ${right}`,
    subject: {
      servers: who,
      names: listOf(
        [...names.keys()].map((name) => shownName(trace.names.textOf(name))),
        5,
      ),
      said,
      right,
      answers: matter.answers,
      lookups: group.lookups.length,
    },
    ruledOut: [
      'The way to the server: it was asked and answered',
      ...(isGiven
        ? []
        : ['A change of the Service within the trace: wrong and right answers do not follow each other']),
    ],
    explanation: isGiven
      ? `The list of expected addresses says ${right} for ${first}, and ${who} answered ${said}. A record of another zone answers (a split horizon, a hosts block, a rewrite), or it changed and the list did not`
      : `For ${first} the topology has ${right}, and ${who} answered ${said}. CoreDNS shows an old state of the API (its watch hangs, see its log), or another plugin answers the name before kubernetes does: hosts, template, rewrite or a server block of its own. The topology is of one moment: a Service that changed between it and the trace looks the same`,
    nextSteps: isGiven
      ? [
          `Ask each server on the way: dig @${context.addressOf(matter.servers[0]!)} ${first}`,
          'Look for hosts, rewrite and template in the Corefile',
        ]
      : [
          'Read the CoreDNS log for errors of the kubernetes plugin, and compare with kubectl get service,endpointslices',
          'Look for hosts, rewrite, template and server blocks in the Corefile that take the name',
          'Restart CoreDNS if its state is old: it reads the API afresh',
        ],
    action: 'inspect-corefile',
    lookups: group.lookups,
    proofs: matter.proofs,
  };
}
