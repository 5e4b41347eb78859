/** The live Corefiles linted as CoreDNS and NodeLocal see them: parts put together, with the release and the cluster around them. */
import type { ClusterFacts } from '../../core/corefile/clusterFacts.ts';
import type { Diagnostic } from '../../core/corefile/diagnostic.ts';
import type { LintOptions } from '../../core/corefile/lint.ts';
import { type AssembledLint, assembleSets, importsOf, lintParts } from '../../core/corefile/manifest/assembly.ts';
import type { ImportResolver } from '../../core/corefile/parser.ts';
import type { CorefilePlace } from './clusterModelTypes.ts';
import { type LiveCorefile, type LiveCorefiles, findLive, withText } from './liveCorefiles.ts';

/** What holds for a part beside its text: the release that runs, its environment, the cluster around it. */
export function liveOptions(
  part: LiveCorefile,
  facts: ClusterFacts,
): Pick<LintOptions, 'version' | 'environment' | 'cluster'> {
  const own = part.server === 'nodelocal' ? facts.nodeLocal : facts.coreDns;
  return {
    cluster: { ...facts, subject: { server: part.server, configMap: part.place } },
    ...(own?.version === undefined ? {} : { version: own.version }),
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
): readonly Diagnostic<LiveCorefile>[] {
  const edited = withText(live, place, text);
  const part = findLive(edited, place);
  return (part === undefined ? undefined : lintLive(edited, facts, over).diagnostics.get(part)) ?? [];
}

/** Imports of a part that is a main Corefile; `undefined` for one that is imported itself. */
export function liveImports(live: LiveCorefiles, part: LiveCorefile): ImportResolver | undefined {
  const set = assembleSets(live.parts, live.workloads).find(({ main, files }) => files.get(main) === part);
  return set === undefined ? undefined : importsOf(set);
}
