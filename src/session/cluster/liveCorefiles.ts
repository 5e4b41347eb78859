/** The Corefiles of a running cluster and everything that belongs to them: the keys of the ConfigMaps that CoreDNS and NodeLocal mount. */
import type { SubjectFact } from '../../core/corefile/clusterFacts.ts';
import type { CorefilePart } from '../../core/corefile/manifest/assembly.ts';
import { looksLikeCorefile, purposeOfKey } from '../../core/corefile/manifest/corefileKeys.ts';
import { type Workload, workloadsOf } from '../../core/corefile/manifest/mounts.ts';
import type { ConfigMap } from '../../core/topology/kubeTypes.ts';
import { type CoreDnsDiscovery, coreDnsWorkload, NODE_LOCAL_MAP } from './coreDns.ts';
import type { CorefilePlace } from './clusterModelTypes.ts';

/** One key of one ConfigMap, as the API has it now. */
export interface LiveCorefile extends CorefilePart {
  readonly place: CorefilePlace;
  readonly resourceVersion: string;
  /** Last write to the whole ConfigMap, epoch milliseconds in whole seconds of the API server; absent when nobody says. */
  readonly writtenMs?: number;
  /** Who reads it. */
  readonly server: SubjectFact['server'];
}

export interface LiveCorefiles {
  /** The main Corefile's ConfigMap first, then `coredns-custom`, others that are mounted, NodeLocal's. */
  readonly parts: readonly LiveCorefile[];
  readonly workloads: readonly Workload[];
}

/** @param isListed whether `configMaps` are all of those in CoreDNS's namespace: what is not among them does not exist */
export function liveCorefiles(
  configMaps: readonly ConfigMap[],
  discovery: CoreDnsDiscovery | undefined,
  isListed = configMaps.some(({ metadata }) => metadata?.namespace === discovery?.namespace),
): LiveCorefiles {
  const namespace = discovery?.namespace;
  const spec = discovery?.deployment?.spec?.template?.spec ?? discovery?.pods[0]?.spec;
  const workload = namespace === undefined ? undefined : coreDnsWorkload(spec, namespace);
  const coreDns = workload === undefined || workload.mounts.length === 0 ? [] : [workload];
  const nodeLocalPod = discovery?.nodeLocalPods[0];
  const nodeLocal = workloadsOf(nodeLocalPod?.spec, nodeLocalPod?.metadata?.namespace ?? namespace);
  const mounted = (workloads: readonly Workload[], map: ConfigMap): boolean =>
    workloads.some(
      (workload) =>
        workload.namespace === map.metadata?.namespace &&
        workload.mounts.some(({ configMap }) => configMap === map.metadata?.name),
    );
  const ofCoreDns = [
    discovery?.main?.map,
    discovery?.customConfigMap,
    ...configMaps.filter((map) => map.metadata?.namespace === namespace && mounted(coreDns, map)),
  ];
  const ofNodeLocal = configMaps.filter((map) => map.metadata?.name === NODE_LOCAL_MAP || mounted(nodeLocal, map));
  const seen = new Set<ConfigMap>();
  const parts: LiveCorefile[] = [];
  const add = (map: ConfigMap | undefined, server: LiveCorefile['server']): void => {
    if (map === undefined || seen.has(map)) return;
    seen.add(map);
    parts.push(...partsOf(map, server, map === discovery?.main?.map ? discovery.main.key : undefined));
  };
  for (const map of ofCoreDns) add(map, 'coredns');
  for (const map of ofNodeLocal) add(map, 'nodelocal');
  return {
    parts,
    workloads: [...coreDns, ...nodeLocal].map((workload) =>
      isListed && workload.namespace === namespace ? knowing(workload) : workload,
    ),
  };
}

const knowing = (workload: Workload): Workload => ({
  ...workload,
  mounts: workload.mounts.map((mount) => ({ ...mount, known: true })),
});

function writtenAt({ metadata }: ConfigMap): number | undefined {
  const times = [metadata?.creationTimestamp, ...(metadata?.managedFields ?? []).map(({ time }) => time)];
  const known = times.map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** @param mainKey the one CoreDNS starts with, whatever it is called */
function partsOf(map: ConfigMap, server: LiveCorefile['server'], mainKey = 'Corefile'): readonly LiveCorefile[] {
  const { namespace = '', name = '', resourceVersion = '' } = map.metadata ?? {};
  const writtenMs = writtenAt(map);
  return Object.entries(map.data ?? {})
    .sort(([a], [b]) => Number(b === mainKey) - Number(a === mainKey) || (a < b ? -1 : 1))
    .map(([key, text]) => {
      const purpose = key === mainKey ? 'corefile' : purposeOfKey(key);
      // CoreDNS may mount a ConfigMap of another program's as well.
      const meant = name.includes('dns') || looksLikeCorefile(text);
      return {
        configMap: { namespace, name },
        place: { namespace, name, key },
        key,
        text,
        resourceVersion,
        ...(writtenMs === undefined ? {} : { writtenMs }),
        server,
        ...(purpose === undefined || !meant ? {} : { purpose }),
      };
    });
}

export function findLive({ parts }: LiveCorefiles, { namespace, name, key }: CorefilePlace): LiveCorefile | undefined {
  return parts.find(({ place }) => place.namespace === namespace && place.name === name && place.key === key);
}

/** The same with one text as somebody is writing it; a key that isn't there yet is added. */
export function withText(live: LiveCorefiles, place: CorefilePlace, text: string): LiveCorefiles {
  const known = findLive(live, place);
  if (known?.text === text) return live;
  if (known !== undefined)
    return { ...live, parts: live.parts.map((part) => (part === known ? { ...part, text } : part)) };
  const added = partsOf({ metadata: place, data: { [place.key]: text } }, 'coredns');
  return { ...live, parts: [...live.parts, ...added] };
}
