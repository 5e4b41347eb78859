/**
 * Lookups that ended with an error code: SERVFAIL, REFUSED, … (error) or NXDOMAIN (warning about the name). Grouped by who
 * said so and why. NXDOMAIN inside a search-list walk never gets here, since only a lookup's outcome counts.
 */
import { rcodeText } from '../dns/types.ts';
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { plural, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

interface Group {
  readonly cause: number;
  readonly rcode: number;
  readonly server: number;
  readonly name: string;
  readonly members: LookupGroup;
}

export const unsuccessfulResponse: FindingRule = {
  id: 'unsuccessful-response',
  evaluate(context) {
    const groups = new Map<string, Group>();
    for (const cause of [Cause.upstreamError, Cause.corednsError, Cause.serverError, Cause.nameError]) {
      for (const lookup of context.failuresOf(cause)) {
        const chunk = context.lookups.of(lookup);
        const row = lookup & ROW_MASK;
        const rcode = chunk.rcode[row]!;
        const server = chunk.culprit[row]!;
        // A wrong name is a matter of that name, whoever answers; an error code, of the server that gives it.
        const name = cause === Cause.nameError ? context.nameOf(lookup) : '';
        const key = `${String(cause)}:${String(rcode)}:${name === '' ? String(server) : name}`;
        const group = groups.get(key) ?? { cause, rcode, server, name, members: new LookupGroup() };
        groups.set(key, group);
        group.members.add(context, lookup);
      }
    }
    return foldRareNames([...groups.values()]).map((group) => toHit(context, group));
  },
};

/** One finding a name up to this many; the rest are told together, or a scan of random names would drown the others. */
const MOST_NAMES = 10;

function foldRareNames(groups: readonly Group[]): readonly Group[] {
  const names = groups
    .filter((group) => group.cause === Cause.nameError)
    .sort((a, b) => b.members.lookups.length - a.members.lookups.length);
  if (names.length <= MOST_NAMES) return groups;
  const rest = names.slice(MOST_NAMES);
  const folded: Group = {
    ...rest[0]!,
    name: `${rest[0]!.name} and ${plural(rest.length - 1, 'other name')}`,
    members: new LookupGroup(),
  };
  for (const group of rest) folded.members.append(group.members);
  return [...groups.filter((group) => group.cause !== Cause.nameError), ...names.slice(0, MOST_NAMES), folded];
}

function toHit(context: FindingContext, group: Group): RuleHit {
  const { lookups, proofs, confidence } = group.members;
  const names = group.members.names(context);
  const clients = group.members.clients(context);
  const base = { lookups, proofs, confidence } as const;
  const count = plural(lookups.length, 'lookup');
  const rcode = rcodeText(group.rcode);
  const server = context.labelOf(context.addressOf(group.server));
  const subject = {
    rcode,
    server: context.addressOf(group.server),
    names: group.members.names(context, 5),
    lookups: lookups.length,
  };
  switch (group.cause) {
    case Cause.nameError:
      return {
        ...base,
        severity: 'warning',
        hop: 'name',
        cause: 'name-does-not-exist',
        title: `${group.name} ${group.name.includes(' and ') ? 'do' : 'does'} not exist (NXDOMAIN, ${count} from ${clients})`,
        subject: { ...subject, name: group.name },
        ruledOut: ['Every hop on the way: the question was answered'],
        explanation: `Every name that was tried for ${group.name} got the answer that it does not exist. The name has a typo, is missing a Service or namespace, or lives in a zone that this DNS does not see`,
        nextSteps: [
          'Check the spelling, and for a Service the namespace: NAME.NAMESPACE.svc.cluster.local',
          'Write a name outside the cluster with a final dot, so that no search domain is added',
        ],
      };
    case Cause.upstreamError:
      return {
        ...base,
        severity: 'error',
        hop: 'upstream',
        cause: 'upstream-error',
        title: `Upstream ${server} answers ${rcode} for ${names} (${count})`,
        subject,
        ruledOut: ['CoreDNS: it passed on what the upstream said', 'The network: queries and answers came through'],
        explanation: `CoreDNS asked ${server} and got ${rcode}, which it passed on to ${clients}`,
        nextSteps: [
          `Ask the upstream directly: dig @${context.addressOf(group.server)} ${group.members.names(context, 1)}`,
          'Look at the zone, the forwarders and the access lists of that server',
        ],
        action: 'inspect-corefile',
      };
    case Cause.corednsError:
      return {
        ...base,
        severity: 'error',
        hop: 'coredns',
        cause: 'coredns-error',
        title: `CoreDNS ${server} answers ${rcode} for ${names} without asking an upstream (${count})`,
        subject,
        ruledOut: ['The way from the pod: the queries arrived', 'Upstreams: none was asked for these queries'],
        explanation: `CoreDNS answered ${rcode} by itself. No plugin took the name (no forward for its zone), its upstreams are marked as down, a limit was reached (max_concurrent), or its view of the API is not synced`,
        nextSteps: ['Read the log of that CoreDNS pod for [ERROR] lines', 'Check which server block serves the name'],
        action: 'inspect-corefile',
      };
    default:
      return {
        ...base,
        // Whose error it is stays open: the server's, or that of one behind it.
        confidence: 'inferred',
        severity: 'error',
        hop: 'coredns',
        cause: 'server-error',
        title: `${server} answers ${rcode} for ${names} (${count} from ${clients})`,
        subject,
        ruledOut: ['The way from the pod: the queries were answered'],
        explanation: context.corednsWatched
          ? `${server} answered ${rcode}, and no upstream query for this name was seen. The answer may come from CoreDNS's cache, filled before the trace began, or CoreDNS asked under another name (rewrite) or over another address`
          : `The DNS server answered ${rcode}. What is behind it was not watched, so the trace cannot say whether the server or an upstream is at fault`,
        nextSteps: context.corednsWatched
          ? ['Keep tracing for ten seconds: the next query shows who is asked']
          : ['Trace again with CoreDNS watched, to see whether an upstream is at fault'],
      };
  }
}
