import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import type { ConfigMap } from '../../core/topology/kubeTypes.ts';
import type { CorefileVersion } from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import { lastWriter } from './managedCorefile.ts';
import type { KubeApi } from '../ports.ts';

export function versionOf(place: CorefilePlace, map: ConfigMap): CorefileVersion {
  const text = map.data?.[place.key];
  return {
    namespace: place.namespace,
    name: place.name,
    key: place.key,
    text: text ?? '',
    ...(text === undefined ? { absent: true as const } : {}),
    resourceVersion: map.metadata?.resourceVersion ?? '',
  };
}

/** The words of a conflict: who wrote what since. */
export function conflictProblem(place: CorefilePlace, map: ConfigMap | undefined): Problem {
  const writer = map === undefined ? undefined : lastWriter(map);
  return {
    code: 'conflict',
    detail: `${place.key} of ConfigMap ${place.namespace}/${place.name} was changed by somebody else meanwhile${writer === undefined ? '' : ` (last written by ${writer})`}`,
    recover: 'Compare your text with the one in the cluster and apply again on top of it',
  };
}

/** The merge patch that writes a text over exactly the version that was read; an absent text takes the key away. */
export function writeBody(
  base: CorefileVersion,
  text: string | undefined,
  annotations: Readonly<Record<string, string | undefined>>,
): object {
  const marks = Object.entries(annotations).map(([key, value]) => [key, value ?? null] as const);
  return {
    metadata: {
      resourceVersion: base.resourceVersion,
      ...(marks.length === 0 ? {} : { annotations: Object.fromEntries(marks) }),
    },
    data: { [base.key]: text ?? null },
  };
}

const MAX_ATTEMPTS = 4;

/**
 * Writes a text over a version, and only over that one. When something else in the ConfigMap changed meanwhile (another key,
 * an annotation) while this text is still the one that was read, it is written over the newer version.
 * @param signal given up before the request: nothing is written. A request under way is waited for: only its answer tells.
 * @throws ProblemError `conflict` (who wrote, and when), `forbidden`, `admission-refused`, `cluster-unreachable`, `cancelled`, …
 */
export async function writeVersion(
  kube: KubeApi,
  base: CorefileVersion,
  text: string | undefined,
  annotations: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<CorefileVersion> {
  let over = base;
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted === true) throw new ProblemError({ code: 'cancelled', detail: 'Cancelled' });
    try {
      const body = writeBody(over, text, annotations);
      return versionOf(base, await kube.patch('configmaps', base.namespace, base.name, body, { dryRun: false }));
    } catch (error) {
      const problem = toProblem(error, 'write-failed');
      const isCut = problem.code === 'cluster-unreachable' || problem.code === 'cancelled';
      if (problem.code !== 'conflict' && !isCut) throw error;
      // After a cut connection nobody knows yet whether it was written.
      const map = await kube.get('configmaps', base.namespace, base.name).catch(() => undefined);
      if (map === undefined) throw error;
      const now = versionOf(base, map);
      const isWritten = now.text === (text ?? '') && (now.absent === true) === (text === undefined);
      if (isCut) {
        if (isWritten) return now;
        throw error;
      }
      if (now.text !== base.text || now.absent !== base.absent)
        throw new ProblemError(conflictProblem(base, map), { cause: error });
      if (attempt === MAX_ATTEMPTS) throw error;
      over = now;
    }
  }
}
