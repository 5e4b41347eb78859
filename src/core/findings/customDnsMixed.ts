/**
 * Upstreams of one `forward` that don't know the same names: a custom DNS server beside the platform's (168.63.129.16 on Azure), or two servers of
 * which one lacks a zone. CoreDNS takes the first answer as the truth, and NXDOMAIN is one, so lookups fail by chance.
 * Needs a watched CoreDNS pod, and for one name two answers and two denials in the same stretch of time from different upstreams
 * (`contradictions.ts`). Excluded by an upstream that says both, and by a name that came or went meanwhile.
 */
import { contradictions, wordsOf, type Contradiction } from './contradictions.ts';
import type { FindingContext, FindingRule, RuleHit } from './findingRule.ts';
import { isUpstreamQuery } from './upstreamQueries.ts';

const AZURE_DNS = '168.63.129.16';

export const customDnsMixed: FindingRule = {
  id: 'custom-dns-mixed',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.upstreams.size < 2) return [];
    return contradictions(context, (id) => isUpstreamQuery(trace, id)).map((one) => toHit(context, one));
  },
};

function toHit(context: FindingContext, one: Contradiction): RuleHit {
  const addresses = [...one.knowing, ...one.denying].map((server) => context.addressOf(server));
  const { knowing, denying, saying, subject, notTheName } = wordsOf(context, one);
  const names = one.group.names(context);
  const isAzure = addresses.includes(AZURE_DNS);
  return {
    severity: 'error',
    confidence: 'strong',
    hop: 'config',
    cause: isAzure ? 'mixed-with-azure-dns' : 'upstreams-disagree',
    title: `CoreDNS forwards ${names} to upstreams that disagree: ${saying}`,
    subject,
    ruledOut: [notTheName, 'The network: all of these upstreams answered'],
    explanation: `The upstreams of one forward must all know the same names, since CoreDNS asks any of them and believes NXDOMAIN. ${isAzure ? `${AZURE_DNS} is the platform's own resolver, and a custom DNS server has zones that it lacks, or the other way round` : 'Here one has a zone that the other lacks'}, so lookups fail by chance`,
    nextSteps: [
      `Forward the zone of ${one.group.names(context, 1)} in a server block of its own to ${knowing} only`,
      `Or take ${denying} out of the forward, and let the other forward to it what it doesn't know`,
    ],
    action: 'inspect-corefile',
    lookups: one.group.lookups,
    proofs: one.proofs,
  };
}
