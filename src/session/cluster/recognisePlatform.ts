import type { PlatformFact, PlatformName } from '../../core/corefile/clusterFacts.ts';
import type { ConfigMap, Node, Pod } from '../../core/topology/kubeTypes.ts';

/** Labels and annotations a platform puts on its nodes. */
const NODE_MARKS: readonly (readonly [prefix: string, platform: PlatformName])[] = [
  ['kubernetes.azure.com/', 'aks'],
  ['eks.amazonaws.com/', 'eks'],
  ['cloud.google.com/gke-', 'gke'],
  ['node.openshift.io/', 'openshift'],
  ['minikube.k8s.io/', 'minikube'],
  ['microk8s.io/', 'microk8s'],
  ['k3s.io/', 'k3s'],
];

/** Build marks behind the plus sign of a kubelet's version. */
const KUBELET_MARKS: readonly (readonly [mark: string, platform: PlatformName])[] = [
  ['+rke2', 'rke2'],
  ['+k3s', 'k3s'],
  ['-eks-', 'eks'],
  ['-gke.', 'gke'],
];

/**
 * Who set the cluster up, by marks only that platform leaves. kubeadm comes last: kind and minikube are built with it.
 * `undefined` when nothing is recognised; a platform is never guessed from names a user may choose.
 */
export function recognisePlatform(
  nodes: readonly Node[],
  dnsPods: readonly Pod[],
  configMaps: readonly ConfigMap[],
): PlatformFact | undefined {
  for (const { metadata, spec, status } of nodes.slice(0, 20)) {
    for (const label of [...Object.keys(metadata?.labels ?? {}), ...Object.keys(metadata?.annotations ?? {})]) {
      const found = NODE_MARKS.find(([prefix]) => label.startsWith(prefix));
      if (found !== undefined) return { name: found[1], evidence: `node label ${label}` };
    }
    const version = status?.nodeInfo?.kubeletVersion ?? '';
    const mark = KUBELET_MARKS.find(([text]) => version.includes(text));
    if (mark !== undefined) return { name: mark[1], evidence: `kubelet version ${version}` };
    if (spec?.providerID?.startsWith('kind://') === true)
      return { name: 'kind', evidence: `provider ID of node ${metadata?.name ?? ''}` };
  }
  const image = dnsPods.flatMap((pod) => pod.spec?.containers ?? []).find((one) => one.image?.includes('/eks/coredns'));
  if (image !== undefined) return { name: 'eks', evidence: `image ${image.image ?? ''}` };
  if (dnsPods.some((pod) => pod.metadata?.namespace === 'openshift-dns'))
    return { name: 'openshift', evidence: 'namespace openshift-dns' };
  return configMaps.some(({ metadata }) => metadata?.namespace === 'kube-system' && metadata.name === 'kubeadm-config')
    ? { name: 'kubeadm', evidence: 'ConfigMap kube-system/kubeadm-config' }
    : undefined;
}
