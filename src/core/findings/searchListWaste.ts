/**
 * Names outside the cluster that are tried with every search domain before they are tried as they are: with ndots:5, the default in
 * pods, that multiplies the queries. Information only: nothing fails.
 * Needs ten lookups that found their name at the end of such a walk. Excluded are walks that end inside the cluster: short names of
 * Services are what the search list is for. One pass over the lookups, and none when no walk went on.
 */
import { OutcomeCode } from '../lookups/outcome.ts';
import { ROW_MASK } from '../trace/tables.ts';
import { plural, shownName, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 10;
const WORST_NAMES = 3;

export const searchListWaste: FindingRule = {
  id: 'search-list-waste',
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.passedNames.size === 0) return [];
    const group = new LookupGroup();
    const wastedBy = new Map<number, number>();
    const proofs: number[] = [];
    let wasted = 0;
    let queries = 0;
    const rows = trace.lookups.only(
      'name',
      'firstExchange',
      'stepExchange',
      'exchanges',
      'searchNames',
      'outcome',
      'baseLabels',
    );
    for (let lookup = context.passFrom(trace.lookups.length); lookup < trace.lookups.length; lookup++) {
      const chunk = rows.of(lookup);
      const row = lookup & ROW_MASK;
      if (chunk.searchNames[row] === 0 || chunk.outcome[row] !== OutcomeCode.answered || !context.isOpen(lookup))
        continue;
      const name = chunk.name[row]!;
      if (!isBareName(context, name, chunk.baseLabels[row]!)) continue;
      const before = queriesBefore(context, lookup, chunk.stepExchange[row]!);
      group.add(context, lookup);
      wasted += before;
      queries += chunk.exchanges[row]!;
      wastedBy.set(name, (wastedBy.get(name) ?? 0) + before);
      const first = chunk.firstExchange[row]!;
      if (proofs.length < 5) proofs.push(trace.exchanges.of(first).first[first & ROW_MASK]!);
    }
    rows.release();
    if (group.lookups.length < FEWEST) return [];
    const worst = [...wastedBy]
      .sort((a, b) => b[1] - a[1])
      .slice(0, WORST_NAMES)
      .map(([name, count]) => `${shownName(trace.names.textOf(name))} (${String(count)})`);
    return [
      {
        severity: 'info',
        confidence: 'exact',
        hop: 'client',
        cause: 'ndots',
        title: `${plural(wasted, 'query', 'queries')} of ${String(queries)} are wasted on search domains for ${group.names(context)} (${plural(group.lookups.length, 'lookup')})`,
        subject: {
          clients: group.clients(context),
          names: group.names(context, 5),
          lookups: group.lookups.length,
          queries,
          wastedQueries: wasted,
        },
        ruledOut: ['A fault: each of these names was found in the end'],
        explanation: `These names have fewer than ndots dots (5 in pods), so the resolver tries them with each search domain first. Most queries go to ${worst.join(', ')}. CoreDNS answers each with NXDOMAIN, and the application waits for all of them`,
        nextSteps: [
          'Write such names with a final dot in the application, as in api.example.com.',
          'Or set ndots to 2 in the dnsConfig of the pod: names of the form service.namespace then need .svc',
        ],
        lookups: group.lookups,
        proofs,
      },
    ];
  },
};

/** The walk ended at the name as the application wrote it: it has no labels beyond those that all names of the walk share. */
function isBareName(context: FindingContext, name: number, baseLabels: number): boolean {
  const text = context.engine.trace.names.textOf(name);
  const cluster = context.engine.topology.topology.clusterDomain;
  return baseLabels > 1 && labelCount(text) === baseLabels && !text.toLowerCase().endsWith(`.${cluster}.`);
}

function labelCount(name: string): number {
  return name
    .replaceAll(/\\./g, 'x')
    .split('.')
    .filter((label) => label !== '').length;
}

function queriesBefore(context: FindingContext, lookup: number, step: number): number {
  let before = 0;
  for (const exchange of context.engine.trace.exchangesOf(lookup)) {
    if (exchange === step) break;
    before++;
  }
  return before;
}
