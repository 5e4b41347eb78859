import type { ClusterFacts } from '../../core/corefile/clusterFacts.ts';
import { assembleSets, importsOf } from '../../core/corefile/manifest/assembly.ts';
import type { CorefileModel } from '../../core/corefile/model.ts';
import { readCorefile } from '../../core/corefile/model.ts';
import { reloadHash } from '../../core/corefile/reloadHash.ts';
import { placeholderIn } from '../../core/corefile/rules/placeholders.ts';
import { parseDuration } from '../../core/corefile/setup/goValues.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { OwedRestart, ReloadExpectation, ReplicaRef } from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import { clusterFactsOf } from '../cluster/clusterFacts.ts';
import { type CoreDnsDiscovery, coreDnsContainer, type DnsObjects } from '../cluster/coreDns.ts';
import { liveOptions } from '../cluster/lintLiveCorefiles.ts';
import { findLive, type LiveCorefiles, liveCorefiles, withText } from '../cluster/liveCorefiles.ts';

/** A ConfigMap reaches a pod with the kubelet's next sync (every 60 s) after its cache let the old one go (up to 30 s more). */
const KUBELET_SYNC_MS = 90_000;
const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_JITTER_MS = 15_000;
const SLACK_MS = 15_000;

/** Whether a pod's spec mounts this ConfigMap. */
export function mountsMap(spec: Pod['spec'], name: string): boolean {
  return (spec?.volumes ?? []).some(
    (volume) =>
      volume.configMap?.name === name ||
      (volume.projected?.sources ?? []).some(({ configMap }) => configMap?.name === name),
  );
}

/** The pods that read this ConfigMap: CoreDNS's, or NodeLocal's. */
export function readersOf(discovery: CoreDnsDiscovery | undefined, place: CorefilePlace): readonly Pod[] {
  const all = [...(discovery?.pods ?? []), ...(discovery?.nodeLocalPods ?? [])].filter(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
  );
  const mounting = all.filter(
    ({ metadata, spec }) => metadata?.namespace === place.namespace && mountsMap(spec, place.name),
  );
  if (mounting.length > 0) return mounting;
  const isMain = discovery?.main?.map.metadata?.name === place.name;
  // Only where the pods do not say what they mount.
  return isMain ? all.filter((pod) => discovery.pods.includes(pod) && pod.spec?.volumes === undefined) : [];
}

/** The Corefiles of a cluster and what is known around them: what CoreDNS makes of a text depends on both. */
export interface CorefileSurroundings {
  readonly live: LiveCorefiles;
  readonly facts: ClusterFacts;
}

/** @param isListed false when ConfigMaps could not be listed: others may exist */
export function surroundingsOf(
  objects: DnsObjects,
  discovery: CoreDnsDiscovery | undefined,
  isListed: boolean,
): CorefileSurroundings {
  // Namespace by namespace: counts and absences over the whole cluster mean nothing.
  const sees = { pods: false, services: false, endpoints: false };
  return {
    live: liveCorefiles(objects.configMaps, discovery, isListed),
    facts: clusterFactsOf({ objects: { ...objects, nodes: [] }, discovery, sees }),
  };
}

export interface EffectiveCorefile {
  readonly model: CorefileModel;
  readonly mainText: string;
  /** Path of the text in the container, when a Corefile of the cluster has it. */
  readonly path: string | undefined;
}

/** All that CoreDNS reads when `text` stands at `place`. Where no Corefile is known the text counts as the whole. */
export function effectiveCorefile(
  { live, facts }: CorefileSurroundings,
  place: CorefilePlace,
  text: string,
): EffectiveCorefile {
  const edited = withText(live, place, text);
  const part = findLive(edited, place);
  const sets = assembleSets(edited.parts, edited.workloads);
  const pathIn = ({ files }: (typeof sets)[number]): string | undefined =>
    [...files].find(([, file]) => file === part)?.[0];
  const set = sets.find((one) => pathIn(one) !== undefined) ?? sets[0];
  const main = set?.files.get(set.main);
  const path = set === undefined ? undefined : pathIn(set);
  const mainText = main?.text ?? text;
  const read = main ?? part;
  const environment = read === undefined ? undefined : liveOptions(read, facts).environment;
  const model = readCorefile(mainText, {
    ...(environment === undefined ? {} : { environment }),
    ...(set === undefined ? {} : { resolveImport: importsOf(set) }),
  });
  return { model, mainText, path };
}

/** `undefined` also where the server puts in words of its own, as NodeLocal does for `__PILLAR__…`: its hash is of another text. */
export const hashOf = ({ model, mainText }: EffectiveCorefile): string | undefined =>
  placeholderIn(mainText) === undefined ? reloadHash(model) : undefined;

const seconds = (milliseconds: number): string => `${String(Math.round(milliseconds / 1000))} s`;

/** Whether the pods got their text once and for all: by `subPath`, which the kubelet never updates. */
export function isFixed({ live }: CorefileSurroundings, { namespace, name, key }: CorefilePlace): boolean {
  const mounts = live.workloads.filter((one) => one.namespace === namespace).flatMap((workload) => workload.mounts);
  const ours = mounts.filter(
    ({ configMap, items }) => configMap === name && (items === undefined || items.some((item) => item.key === key)),
  );
  return ours.length > 0 && ours.every(({ fixed }) => fixed === true);
}

/** What an earlier change without its restart leaves to this one. */
export const OWED: ReloadExpectation = {
  kind: 'restart',
  text: 'The pods have not loaded the previous change yet, for want of a restart: this one takes effect with it only when the pods are replaced (restart CoreDNS)',
};

/** Whether pods that read this place still run what stood there before a change that waits for a restart. */
export function isOwed(place: CorefilePlace, readers: readonly Pod[], owed: readonly OwedRestart[]): boolean {
  const stale = owed
    .filter(
      (one) => one.place.namespace === place.namespace && one.place.name === place.name && one.place.key === place.key,
    )
    .flatMap(({ pods }) => pods);
  return readers.some(({ metadata }) => metadata?.uid !== undefined && stale.includes(metadata.uid));
}

export const restartsOf = (pod: Pod | undefined): number =>
  (pod?.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);

export function replicaRef(pod: Pod, namespace: string): ReplicaRef {
  const { metadata, spec } = pod;
  return {
    namespace: metadata?.namespace ?? namespace,
    restarts: restartsOf(pod),
    pod: metadata?.name ?? '',
    container: coreDnsContainer(spec)?.name ?? 'coredns',
    ...(metadata?.uid === undefined ? {} : { uid: metadata.uid }),
    ...(spec?.nodeName === undefined ? {} : { node: spec.nodeName }),
  };
}

/** What becomes of a text that CoreDNS refuses once it is written. */
export const refusalText = ({ kind }: ReloadExpectation): string =>
  kind === 'reload'
    ? 'A replica that refuses it goes on with the old one, and the previous text is put back.'
    : 'Until then nobody sees whether CoreDNS refuses it. Pods that start with a refused text do not come up, and the previous one is put back only when you roll back.';

/** How the configuration that runs now comes to notice a new one. An unknown import may bring `reload`, so it counts as there. */
export function reloadExpectation(running: CorefileModel, fixed: boolean): ReloadExpectation {
  if (fixed)
    return {
      kind: 'restart',
      text: 'The pods mount this text by subPath, which Kubernetes never updates in a running pod: the change takes effect only when the pods are replaced (restart CoreDNS)',
    };
  const stanza = running.blocks.map((block) => block.plugins.get('reload')?.[0]).find((found) => found !== undefined);
  const mayHave = running.corefile.incomplete || running.blocks.some(({ incomplete }) => incomplete);
  if (stanza === undefined && !mayHave)
    return {
      kind: 'restart',
      text: 'The running Corefile has no reload plugin: the change takes effect only when the pods are replaced (restart CoreDNS)',
    };
  const milliseconds = (index: number, usual: number): number => {
    const value = parseDuration(stanza?.args[index]?.text ?? '');
    return value === undefined || value < 0n ? usual : Number(value / 1_000_000n);
  };
  const interval = milliseconds(0, DEFAULT_INTERVAL_MS);
  const jitter = Math.min(milliseconds(1, DEFAULT_JITTER_MS), interval / 2);
  return {
    kind: 'reload',
    usualMs: KUBELET_SYNC_MS + interval + jitter / 2 + SLACK_MS,
    text: `The kubelet brings the file within about ${seconds(KUBELET_SYNC_MS)}, then CoreDNS looks every ${seconds(interval)}${jitter >= 1000 ? ` (± ${seconds(jitter / 2)})` : ''}`,
  };
}
