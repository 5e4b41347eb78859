import { ProblemError } from '../../base/problem.ts';
import type { CorefileView } from './clusterModelTypes.ts';
import { corefileView } from './clusterViews.ts';
import { discoverCoreDns, mainCorefile } from './coreDns.ts';
import type { KubeApi } from '../ports.ts';
import { readDnsObjects } from './readDnsObjects.ts';

/**
 * The live Corefile.
 * @throws ProblemError `corefile-not-found`, `forbidden`, `cluster-unreachable`, …
 */
export async function readCorefile(kube: KubeApi, signal?: AbortSignal): Promise<CorefileView> {
  const { value, problems } = await readDnsObjects(kube, signal);
  const main = mainCorefile(discoverCoreDns(value), value.configMaps);
  if (main === undefined) {
    const refused = problems.find((problem) => problem.resource === 'configmaps');
    throw new ProblemError(
      refused ?? {
        code: 'corefile-not-found',
        detail: `No ConfigMap with a Corefile was found beside the DNS Service of cluster ${kube.context.cluster}`,
        recover: 'Some platforms keep it elsewhere; open the Corefile from a file instead',
      },
    );
  }
  return corefileView(main.map, main.key);
}
