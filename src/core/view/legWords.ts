/** The stretches of the way: between two hops that exchange packets. */
export const Leg = {
  clientKubeDns: 0,
  clientCoreDns: 1,
  clientNodeLocal: 2,
  clientServer: 3,
  nodeLocalCoreDns: 4,
  nodeLocalUpstream: 5,
  coreDnsUpstream: 6,
} as const;

/** By their codes; as filters and exports write them. */
export const LEG_WORDS = [
  'client-kube-dns',
  'client-coredns',
  'client-nodelocal',
  'client-server',
  'nodelocal-coredns',
  'nodelocal-upstream',
  'coredns-upstream',
] as const;

/** The same as the interface says it. */
export const LEG_TITLES: readonly string[] = [
  'client ↔ kube-dns',
  'client ↔ CoreDNS',
  'client ↔ NodeLocal',
  'client ↔ server',
  'NodeLocal ↔ CoreDNS',
  'NodeLocal ↔ upstream',
  'CoreDNS ↔ upstream',
];
