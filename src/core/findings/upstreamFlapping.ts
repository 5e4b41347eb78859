/**
 * An upstream that comes and goes: silent for a while, well, and silent again. Its cause lies in restarts, failover or a route that
 * changes, where steady loss (`upstream-lossy`) lies in load or a bad line.
 * Needs two silent spells of three queries and one second at least, each with three answers in a row before the next, and most of what stayed
 * unanswered asked for names that this upstream answers at other times. Excluded by silence for certain names only.
 * One ascending pass over the transactions, and none without trouble.
 */
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { NamesByAnswer, settledUpstreamQueries } from './upstreamQueries.ts';

const FEWEST = 3;
const SHORTEST_NS = 1e9;

interface Run {
  silent: boolean;
  queries: number;
  from: number;
  to: number;
}

interface Upstream {
  readonly server: number;
  readonly runs: Run[];
  readonly lookups: Set<number>;
  readonly proofs: number[];
  readonly names: NamesByAnswer;
  run: Run;
}

export const upstreamFlapping: FindingRule = {
  id: 'upstream-flapping',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.upstreams.size === 0 || !context.hasTrouble) return [];
    const upstreams = new Map<number, Upstream>();
    for (const id of settledUpstreamQueries(context)) take(context, upstreams, id);
    return [...upstreams.values()].flatMap((upstream) => toHit(context, upstream));
  },
};

function take(context: FindingContext, upstreams: Map<number, Upstream>, id: number): void {
  const { trace } = context.engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const silent = chunk.state[row] === State.unanswered;
  const [server, start, name] = [chunk.server[row]!, chunk.start[row]!, chunk.name[row]!];
  let upstream = upstreams.get(server);
  if (upstream === undefined) {
    const run = { silent, queries: 0, from: start, to: start };
    upstream = { server, runs: [], lookups: new Set(), proofs: [], names: new NamesByAnswer(), run };
    upstreams.set(server, upstream);
  }
  if (upstream.run.silent !== silent) {
    keepRun(upstream);
    upstream.run = { silent, queries: 0, from: start, to: start };
  }
  upstream.run.queries++;
  upstream.run.to = Math.max(upstream.run.to, start);
  if (!silent) {
    upstream.names.answered(name);
    return;
  }
  upstream.names.unanswered(name, 1);
  const lookup = trace.lookupOf(chunk.exchange[row]!);
  if (lookup !== NONE && context.isOpen(lookup)) {
    upstream.lookups.add(lookup);
    if (upstream.proofs.length < 5) upstream.proofs.push(id);
  }
}

/** Only spells count; a stray loss or answer in between joins the spell before it. */
function keepRun({ runs, run }: Upstream): void {
  const isSpell = run.queries >= FEWEST && (!run.silent || run.to - run.from >= SHORTEST_NS);
  if (!isSpell) return;
  const last = runs.at(-1);
  if (last?.silent !== run.silent) runs.push(run);
  else last.to = run.to;
}

function toHit(context: FindingContext, upstream: Upstream): readonly RuleHit[] {
  keepRun(upstream);
  const spells = upstream.runs.filter((run) => run.silent);
  const { names } = upstream;
  const isForNames = names.ofAnsweredNames().attempts * 2 < names.silent;
  if (spells.length < 2 || upstream.lookups.size === 0 || isForNames) return [];
  const group = new LookupGroup();
  for (const lookup of upstream.lookups) group.add(context, lookup);
  const failed = group.lookups.filter((lookup) => context.engine.failures.has(lookup)).length;
  const address = context.addressOf(upstream.server);
  const longest = Math.max(...spells.map((run) => run.to - run.from));
  return [
    {
      severity: failed > 0 ? 'error' : 'warning',
      confidence: group.confidence === 'inferred' ? 'inferred' : 'strong',
      hop: 'upstream',
      cause: 'upstream-flapping',
      title: `Upstream ${context.labelOf(address)} comes and goes: silent ${String(spells.length)} times, for ${durationText(longest)} at most (${plural(group.lookups.length, 'lookup')})`,
      subject: {
        upstream: address,
        spells: spells.length,
        longestNs: Math.round(longest),
        unansweredQueries: names.silent,
        failedLookups: failed,
        names: group.names(context, 5),
      },
      ruledOut: ['The names: the upstream answers them at other times', 'CoreDNS: it sent the queries on and waited'],
      explanation: `Between its silent spells ${address} answers. It restarts, fails over, or the way to it comes and goes; steady loss would be spread evenly`,
      nextSteps: [
        'Compare the times of the silent spells with restarts, failovers and route changes of that server',
        'Add a second upstream to `forward`, so that one that is away does not fail every name',
      ],
      action: 'inspect-corefile',
      lookups: group.lookups,
      proofs: upstream.proofs,
    },
  ];
}
