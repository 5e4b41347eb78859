import { visibleText } from '../../base/visibleText.ts';
import type { ConfigMap } from '../../core/topology/kubeTypes.ts';
import type { ManagedBy } from './corefileChangeTypes.ts';

/** Who else looks after a ConfigMap, from its labels, annotations, owners and the writers it remembers. First match wins. */
export function managedBy(map: ConfigMap, all: readonly ConfigMap[]): ManagedBy | undefined {
  const { name = '', namespace = '', labels = {}, annotations = {}, ownerReferences = [] } = map.metadata ?? {};
  const object = `ConfigMap ${namespace}/${name}`;
  const custom = all.find(({ metadata }) => metadata?.name === 'coredns-custom' && metadata.namespace === namespace);
  const mode = labels['addonmanager.kubernetes.io/mode'];
  if (mode === 'Reconcile') {
    const inAks = custom !== undefined || importsCustom(map);
    return managed(
      inAks ? 'AKS' : 'the add-on manager',
      `${object} is reconciled by ${inAks ? 'AKS' : "the cluster's add-on manager"}: what is written here will be put back, usually within minutes`,
      inAks
        ? `Write to ConfigMap ${namespace}/coredns-custom instead: keys *.override for plugins of the default block, *.server for server blocks of your own`
        : "Change it where the add-on manager's manifests come from",
      inAks ? { namespace, name: 'coredns-custom' } : undefined,
    );
  }
  if (annotations['objectset.rio.cattle.io/owner-gvk']?.startsWith('k3s.cattle.io/') === true) {
    const takes = importsCustom(map);
    return managed(
      'k3s',
      `${object} comes from a manifest of k3s, which puts it back when a server node starts again`,
      takes
        ? `Write to ConfigMap ${namespace}/coredns-custom instead: keys *.override for plugins of the default block, *.server for server blocks of your own`
        : 'Change it with a manifest of your own in place of the one that k3s brings',
      takes ? { namespace, name: 'coredns-custom' } : undefined,
    );
  }
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0];
  if (owner?.kind !== undefined) {
    const who = visibleText(`${owner.kind} ${owner.name ?? ''}`.trim());
    return managed(
      who,
      `${object} belongs to ${who}, whose controller may put it back`,
      `Change ${who} instead`,
      undefined,
    );
  }
  if (labels['eks.amazonaws.com/component'] !== undefined && wroteIt(map, ['eks'])) {
    return managed(
      'EKS add-on',
      `${object} is kept by the EKS add-on for CoreDNS, which puts it back when the add-on is updated`,
      'Write the Corefile into the configuration values of the add-on (aws eks update-addon --configuration-values) to keep it',
      undefined,
    );
  }
  const argo = annotations['argocd.argoproj.io/tracking-id'] ?? labels['argocd.argoproj.io/instance'];
  if (argo !== undefined) {
    return managed(
      'Argo CD',
      `${object} is synchronised by Argo CD (${visibleText(argo.split(':')[0] ?? '')}), which may put it back at once`,
      'Change it in the repository of that application',
      undefined,
    );
  }
  const flux = labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];
  if (flux !== undefined) {
    return managed(
      'Flux',
      `${object} is synchronised by Flux (${visibleText(flux)}), which puts it back at its next reconciliation`,
      'Change it in the repository that Flux reads, or suspend that Kustomization or HelmRelease meanwhile',
      undefined,
    );
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined || labels['app.kubernetes.io/managed-by'] === 'Helm') {
    return managed(
      'Helm',
      `${object} comes from the Helm release ${visibleText(release ?? name)}, whose next upgrade puts it back`,
      'Change the values of that release as well to keep the change',
      undefined,
    );
  }
  return undefined;
}

/** Who wrote the ConfigMap last, and when: for the words of a conflict. */
export function lastWriter(map: ConfigMap): string | undefined {
  let last: { readonly manager: string; readonly time: string } | undefined;
  for (const { manager, time } of map.metadata?.managedFields ?? []) {
    // RFC 3339 in UTC sorts as text.
    if (manager !== undefined && time !== undefined && (last === undefined || time >= last.time))
      last = { manager, time };
  }
  return last === undefined ? undefined : `${visibleText(last.manager)} at ${visibleText(last.time)}`;
}

function managed(manager: string, detail: string, recover: string, writeInstead: ManagedBy['writeInstead']): ManagedBy {
  return {
    manager,
    problem: { code: 'managed-corefile', detail, recover },
    ...(writeInstead === undefined ? {} : { writeInstead }),
  };
}

const importsCustom = (map: ConfigMap): boolean => /^\s*import \S*custom\/\*\./mu.test(map.data?.['Corefile'] ?? '');

const wroteIt = (map: ConfigMap, managers: readonly string[]): boolean =>
  (map.metadata?.managedFields ?? []).some(({ manager }) => manager !== undefined && managers.includes(manager));
