/**
 * CoreDNS pods that don't answer alike: some know a name, others say that it does not exist. What a client gets depends on which pod the Service
 * chose.
 * Needs two CoreDNS pods whose queries were seen, and for one name two answers and two denials in the same stretch of time from different
 * pods (`contradictions.ts`). Excluded by a pod that says both, by a name that came or went meanwhile, and by upstreams that disagree
 * (`custom-dns-mixed`, which is asked first). With a topology, the addresses of Services are compared as well (`addressDisagreements.ts`).
 */
import { contradictions, wordsOf, type Contradiction } from './contradictions.ts';
import { corednsAddresses, isReplicaQuery } from './corednsReplicas.ts';
import { listOf, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { addressDisagreements, type AddressDisagreement } from './addressDisagreements.ts';

export const replicasDisagree: FindingRule = {
  id: 'replicas-disagree',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    const replicas = corednsAddresses(context.engine);
    if (replicas.size < 2) return [];
    const existence = contradictions(context, (id) => isReplicaQuery(trace, id, replicas));
    return [
      ...existence.map((one) => toHit(context, one)),
      ...addressDisagreements(context, replicas).map((one) => addressesHit(context, one)),
    ];
  },
};

function addressesHit(context: FindingContext, one: AddressDisagreement): RuleHit {
  const [first, second] = one.servers.map((server) => context.labelOf(context.addressOf(server))) as [string, string];
  const [a, b] = one.said.map((addresses) => listOf(addresses, 3)) as [string, string];
  return {
    severity: 'error',
    confidence: 'strong',
    hop: 'coredns',
    cause: 'replicas-disagree-on-addresses',
    title: `CoreDNS pods disagree on ${one.group.names(context)}: ${first} says ${a}, ${second} says ${b}`,
    subject: {
      first,
      second,
      firstSays: a,
      secondSays: b,
      names: one.group.names(context, 5),
      lookups: one.group.lookups.length,
    },
    ruledOut: [
      'The order of addresses: they are compared as a set',
      'A change on its way: each pod kept to its answer for longer than a cache keeps one, while the other said otherwise',
    ],
    explanation:
      'Both pods should answer with what the API server says of the Service. One shows an old state: its connection to the API server hangs, or its Corefile is another',
    nextSteps: nextStepsFor(`${first} and ${second}`),
    action: 'restart-coredns',
    lookups: one.group.lookups,
    proofs: one.proofs,
  };
}

const nextStepsFor = (pods: string): readonly string[] => [
  `Compare the logs of ${pods} with those of the others: reload messages, and errors of the kubernetes plugin`,
  'Compare coredns_reload_version_info of the pods: the same hash says the same Corefile',
  'Restart CoreDNS: all pods start from the same state',
];

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
    nextSteps: nextStepsFor(denying),
    action: 'restart-coredns',
    lookups: one.group.lookups,
    proofs: one.proofs,
  };
}
