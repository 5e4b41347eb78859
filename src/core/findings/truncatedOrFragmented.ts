/**
 * Answers that are too large for one packet: fragments of them that never came, or answers cut to fit UDP, which cost a second query over
 * TCP each (information).
 * Needs for lost fragments a beginning without its rest (error when a lookup failed or waited, else a warning; inferred when that vantage lost
 * packets); for truncation ten answers with TC=1 over UDP. Excluded: what `tcp-blocked` explains.
 * Nothing but those answers and events is looked at.
 */
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST_CUT = 10;

export const truncatedOrFragmented: FindingRule = {
  id: 'truncated-or-fragmented',
  explains: true,
  evaluate(context) {
    return [...lostFragments(context), ...cutAnswers(context)];
  },
};

function lostFragments(context: FindingContext): readonly RuleHit[] {
  const { trace, failures, slowOnes } = context.engine;
  let harmed = false;
  let lossless = true;
  const lookups = new Set<number>();
  const servers = new Set<number>();
  const proofs: number[] = [];
  for (const [id, events] of [...trace.lostFragments].sort(([a], [b]) => a - b)) {
    const chunk = trace.transactions.of(id);
    const lookup = trace.lookupOf(chunk.exchange[id & ROW_MASK]!);
    if (lookup === NONE || !context.isOpen(lookup) || !events.some(({ about }) => about === 'response')) continue;
    harmed ||= failures.has(lookup) || slowOnes.has(lookup);
    lossless &&= events.every(({ vantage }) => trace.vantages[vantage]?.lossless === true);
    lookups.add(lookup);
    servers.add(chunk.server[id & ROW_MASK]!);
    if (proofs.length < 5) proofs.push(id);
  }
  if (lookups.size === 0) return [];
  const group = new LookupGroup();
  for (const lookup of lookups) group.add(context, lookup);
  const from = [...servers].map((server) => context.labelOf(context.addressOf(server))).join(', ');
  const isUpstream = proofs.every((id) => trace.resolvers.has(trace.transactions.of(id).client[id & ROW_MASK]!));
  return [
    {
      // The client may have had it from a second try, or elsewhere: then nobody was kept waiting.
      severity: harmed ? 'error' : 'warning',
      confidence: lossless ? 'strong' : 'inferred',
      hop: isUpstream ? 'coredns-upstream' : 'coredns-client',
      cause: 'fragments-lost',
      title: `Large answers of ${from} for ${group.names(context)} arrive in part only: fragments are lost (${plural(group.lookups.length, 'lookup')})`,
      subject: { servers: from, names: group.names(context, 5), lookups: group.lookups.length },
      ruledOut: [
        'The server: it answered, as the first part of its answer shows',
        'The way of the queries: they were answered',
      ],
      explanation:
        'The answer was larger than the network takes in one packet, so it was sent in fragments, and not all of them came. Firewalls and overlays often drop fragments, since only the first one has port numbers',
      nextSteps: [
        'Set bufsize 1232 in the Corefile: answers that do not fit are cut, and asked for again over TCP',
        'Check the MTU of the overlay, and that firewalls let fragments and ICMP "fragmentation needed" pass',
      ],
      action: 'inspect-corefile',
      lookups: group.lookups,
      proofs,
    },
  ];
}

function cutAnswers(context: FindingContext): readonly RuleHit[] {
  const { trace } = context.engine;
  const group = new LookupGroup();
  const lookups = new Set<number>();
  const from = context.passFrom(trace.messages.length);
  for (const id of trace.cutAnswers) {
    if (id < from) continue;
    const transaction = trace.messages.of(id).transaction[id & ROW_MASK]!;
    const lookup = trace.lookupOf(trace.transactions.of(transaction).exchange[transaction & ROW_MASK]!);
    if (lookup === NONE || lookups.has(lookup) || !context.isOpen(lookup)) continue;
    lookups.add(lookup);
    group.add(context, lookup);
    if (group.proofs.length < 5) group.proofs.push(transaction);
  }
  if (lookups.size < FEWEST_CUT) return [];
  return [
    {
      severity: 'info',
      confidence: 'exact',
      hop: 'coredns-client',
      cause: 'truncated',
      title: `${plural(lookups.size, 'lookup')} got an answer cut to fit UDP, for ${group.names(context)}`,
      subject: { names: group.names(context, 5), clients: group.clients(context), lookups: lookups.size },
      ruledOut: ['A loss: the answers came, marked as truncated (TC)'],
      explanation:
        'These answers are larger than the UDP size that the client takes (512 bytes unless it says more with EDNS), so it has to ask again over TCP. Some old resolvers use the part they got instead',
      nextSteps: [
        'Have the name answer with fewer addresses, or let the client use EDNS (option edns0 of resolv.conf)',
      ],
      lookups: group.lookups,
      proofs: group.proofs,
    },
  ];
}
