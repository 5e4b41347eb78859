import { toProblem, type Problem } from '../../base/problem.ts';
import { DNS_NAMESPACES, findDnsService, type DnsObjects } from './coreDns.ts';
import type { KindMap, KubeApi, Resource } from '../ports.ts';

/**
 * One reading of what stands around cluster DNS, namespace by namespace, so that rights in kube-system suffice. What may
 * not be read is empty and told in `problems`; only an unreachable cluster or a cancel rejects.
 */
export async function readDnsObjects(
  kube: KubeApi,
  signal?: AbortSignal,
): Promise<{ readonly value: DnsObjects; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const read = async <K extends Resource>(resource: K, namespace: string): Promise<readonly KindMap[K][]> => {
    try {
      return await kube.list(resource, { namespace }, signal);
    } catch (error) {
      const problem = toProblem(error, 'kube-failed');
      if (problem.code !== 'forbidden' && problem.code !== 'not-found') throw error;
      problems.push({ ...problem, resource });
      return [];
    }
  };
  let namespace = DNS_NAMESPACES[0] ?? 'kube-system';
  let services = await read('services', namespace);
  if (findDnsService(services) === undefined && problems.length === 0) {
    for (const other of DNS_NAMESPACES.slice(1)) {
      const found = await read('services', other);
      if (findDnsService(found) !== undefined) {
        namespace = other;
        services = found;
        break;
      }
    }
  }
  const [pods, endpointSlices, deployments, configMaps] = await Promise.all([
    read('pods', namespace),
    read('endpointslices', namespace),
    read('deployments', namespace),
    read('configmaps', namespace),
  ]);
  return { value: { pods, services, endpointSlices, deployments, configMaps }, problems };
}
