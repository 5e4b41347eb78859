/**
 * What rules may know of the cluster a Corefile runs in. Plain data, so that it can be written down in a fixture; the
 * session room fills it from the API. Everything that could not be read is left out, and rules then say nothing.
 */
export interface ClusterFacts {
  /** The kubelet's cluster domain, without final dot. */
  readonly clusterDomain?: string;
  /** Addresses of the cluster's DNS Service. */
  readonly dnsServiceAddresses?: readonly string[];
}
