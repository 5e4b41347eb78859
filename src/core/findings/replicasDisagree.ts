/**
 * CoreDNS pods that don't answer alike: some know a name, others say that it does not exist. What a client gets depends on which pod the Service
 * chose.
 * Needs two CoreDNS pods whose queries were seen, and for one name two answers and two denials in the same stretch of time from different
 * pods (`contradictions.ts`). Excluded by a pod that says both, by a name that came or went meanwhile, and by upstreams that disagree
 * (`custom-dns-mixed`, which is asked first).
 */
import { contradictions, wordsOf, type Contradiction } from './contradictions.ts';
import { corednsAddresses, isReplicaQuery } from './corednsReplicas.ts';
import type { FindingContext, FindingRule, RuleHit } from './findingRule.ts';

export const replicasDisagree: FindingRule = {
  id: 'replicas-disagree',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    const replicas = corednsAddresses(context.engine);
    if (replicas.size < 2) return [];
    return contradictions(context, (id) => isReplicaQuery(trace, id, replicas)).map((one) => toHit(context, one));
  },
};

function toHit(context: FindingContext, one: Contradiction): RuleHit {
  const { denying, saying, subject, notTheName } = wordsOf(context, one);
  return {
    severity: 'error',
    confidence: 'strong',
    hop: 'coredns',
    cause: 'replicas-disagree',
    title: `CoreDNS pods disagree on ${one.group.names(context)}: ${saying}`,
    subject,
    ruledOut: [notTheName, 'The way to CoreDNS: all of these pods were asked and answered'],
    explanation:
      'The pods should hold the same Services and the same Corefile. One has not reloaded its Corefile, has lost its connection to the API server and shows an old state, or keeps an old denial in its cache',
    nextSteps: [
      `Compare the logs of ${denying} with those of the others: reload messages, and errors of the kubernetes plugin`,
      'Compare coredns_reload_version_info of the pods: the same hash says the same Corefile',
      'Restart CoreDNS: all pods start from the same state',
    ],
    action: 'restart-coredns',
    lookups: one.group.lookups,
    proofs: one.proofs,
  };
}
