/**
 * The Corefiles of a running cluster and everything that belongs to them: the keys of the ConfigMaps that CoreDNS and
 * NodeLocal mount, put together and linted as they see them.
 */
import type { ClusterFacts, SubjectFact } from '../core/corefile/clusterFacts.ts';
import type { Diagnostic } from '../core/corefile/diagnostic.ts';
import type { LintOptions } from '../core/corefile/lint.ts';
import {
  type AssembledLint,
  type CorefilePart,
  assembleSets,
  importsOf,
  lintParts,
} from '../core/corefile/manifest/assembly.ts';
import { looksLikeCorefile, purposeOfKey } from '../core/corefile/manifest/corefileKeys.ts';
import { type Workload, workloadsOf } from '../core/corefile/manifest/mounts.ts';
import type { ImportResolver } from '../core/corefile/parser.ts';
import type { ConfigMap } from '../core/topology/kubeTypes.ts';
import { type CoreDnsDiscovery, isCoreDnsPod } from './coreDns.ts';
import type { CorefilePlace } from './corefileChangeTypes.ts';

/** One key of one ConfigMap, as the API has it now. */
export interface LiveCorefile extends CorefilePart {
  readonly place: CorefilePlace;
  readonly resourceVersion: string;
  /** Who reads it. */
  readonly server: SubjectFact['server'];
}

export interface LiveCorefiles {
  /** The main Corefile's ConfigMap first, then `coredns-custom`, others that are mounted, NodeLocal's. */
  readonly parts: readonly LiveCorefile[];
  readonly workloads: readonly Workload[];
}

export const NODE_LOCAL_MAP = 'node-local-dns';

export function liveCorefiles(
  configMaps: readonly ConfigMap[],
  discovery: CoreDnsDiscovery | undefined,
): LiveCorefiles {
  const namespace = discovery?.namespace;
  const spec = discovery?.deployment?.spec?.template?.spec ?? discovery?.pods[0]?.spec;
  const coreDns = workloadsOf(
    spec?.containers === undefined
      ? undefined
      : {
          ...spec,
          containers: spec.containers.filter((container) => isCoreDnsPod({ spec: { containers: [container] } })),
        },
    namespace,
  );
  const nodeLocalPod = discovery?.nodeLocalPods[0];
  const nodeLocal = workloadsOf(nodeLocalPod?.spec, nodeLocalPod?.metadata?.namespace ?? namespace);
  const mounted = (workloads: readonly Workload[], map: ConfigMap): boolean =>
    workloads.some(
      (workload) =>
        workload.namespace === map.metadata?.namespace &&
        workload.mounts.some(({ configMap }) => configMap === map.metadata?.name),
    );
  const ofCoreDns = [
    discovery?.configMap,
    discovery?.customConfigMap,
    ...configMaps.filter((map) => map.metadata?.namespace === namespace && mounted(coreDns, map)),
  ];
  const ofNodeLocal = configMaps.filter((map) => map.metadata?.name === NODE_LOCAL_MAP || mounted(nodeLocal, map));
  const seen = new Set<ConfigMap>();
  const parts: LiveCorefile[] = [];
  const add = (map: ConfigMap | undefined, server: LiveCorefile['server']): void => {
    if (map === undefined || seen.has(map)) return;
    seen.add(map);
    parts.push(...partsOf(map, server));
  };
  for (const map of ofCoreDns) add(map, 'coredns');
  for (const map of ofNodeLocal) add(map, 'nodelocal');
  return { parts, workloads: [...coreDns, ...nodeLocal] };
}

function partsOf(map: ConfigMap, server: LiveCorefile['server']): readonly LiveCorefile[] {
  const { namespace = '', name = '', resourceVersion = '' } = map.metadata ?? {};
  return Object.entries(map.data ?? {})
    .sort(([a], [b]) => Number(b === 'Corefile') - Number(a === 'Corefile') || (a < b ? -1 : 1))
    .map(([key, text]) => {
      const purpose = purposeOfKey(key);
      // CoreDNS may mount a ConfigMap of another program's as well.
      const meant = name.includes('dns') || looksLikeCorefile(text);
      return {
        configMap: { namespace, name },
        place: { namespace, name, key },
        key,
        text,
        resourceVersion,
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

/** What holds for a part beside its text: the release that runs, its environment, the cluster around it. */
export function liveOptions(
  part: LiveCorefile,
  facts: ClusterFacts,
): Pick<LintOptions, 'version' | 'environment' | 'cluster'> {
  const own = part.server === 'nodelocal' ? facts.nodeLocal : facts.coreDns;
  return {
    cluster: { ...facts, subject: { server: part.server, configMap: part.place } },
    ...(own?.version === undefined || part.server === 'nodelocal' ? {} : { version: own.version }),
    ...(own?.environment === undefined ? {} : { environment: own.environment.values }),
  };
}

/** Lints all parts; `over` wins over what is known of the cluster. */
export function lintLive(
  live: LiveCorefiles,
  facts: ClusterFacts,
  over: Pick<LintOptions, 'version' | 'severities'> = {},
): AssembledLint<LiveCorefile> {
  return lintParts(live.parts, live.workloads, (part) => ({ ...liveOptions(part, facts), ...over }));
}

/** Diagnostics of one part with `text` in it, judged where CoreDNS reads it. */
export function lintLivePart(
  live: LiveCorefiles,
  place: CorefilePlace,
  text: string,
  facts: ClusterFacts,
  over: Pick<LintOptions, 'version' | 'severities'> = {},
): readonly Diagnostic[] {
  const edited = withText(live, place, text);
  const part = findLive(edited, place);
  return (part === undefined ? undefined : lintLive(edited, facts, over).diagnostics.get(part)) ?? [];
}

/** Imports of a part that is a main Corefile; `undefined` for one that is imported itself. */
export function liveImports(live: LiveCorefiles, part: LiveCorefile): ImportResolver | undefined {
  const set = assembleSets(live.parts, live.workloads).find(({ main, files }) => files.get(main) === part);
  return set === undefined ? undefined : importsOf(set);
}
