/** Topology from `kubectl get pods,services,endpointslices,nodes,configmaps,networkpolicies -A -o json`, whichever of these it holds. */
import { isRecord } from '../base/isRecord.ts';
import { withoutNulls } from '../core/topology/withoutNulls.ts';
import { ProblemError } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  KubeObject,
  Node,
  Pod,
  Service,
} from '../core/topology/kubeTypes.ts';
import type { Topology } from '../core/topology/topology.ts';
import { buildTopology } from '../session/cluster/clusterViews.ts';
import { corefileText, discoverCoreDns } from '../session/cluster/coreDns.ts';
import { corefileTopology } from '../session/cluster/corefileTopology.ts';

/** @throws ProblemError when the bytes are no JSON list of Kubernetes objects */
export function readTopologyFile(path: string, bytes: Uint8Array): Topology {
  const objects = parseObjects(path, bytes);
  const of = <T extends KubeObject>(kind: string): readonly T[] =>
    objects.filter((object): object is T => object.kind === kind);
  const dnsObjects = {
    pods: of<Pod>('Pod'),
    services: of<Service>('Service'),
    endpointSlices: of<EndpointSlice>('EndpointSlice'),
    deployments: of<Deployment>('Deployment'),
    configMaps: of<ConfigMap>('ConfigMap'),
  };
  const discovery = discoverCoreDns(dnsObjects);
  const corefile = corefileTopology(corefileText(discovery?.main));
  return buildTopology({ ...dnsObjects, nodes: of<Node>('Node') }, discovery, corefile);
}

function parseObjects(path: string, bytes: Uint8Array): readonly KubeObject[] {
  let value: unknown;
  try {
    value = withoutNulls(JSON.parse(new TextDecoder().decode(bytes)) as unknown);
  } catch {
    value = undefined;
  }
  const items = isRecord(value) ? (Array.isArray(value['items']) ? (value['items'] as unknown[]) : [value]) : undefined;
  const objects = items?.filter((item): item is KubeObject => isRecord(item) && typeof item['kind'] === 'string');
  if (objects === undefined || objects.length === 0) {
    throw new ProblemError({
      code: 'not-a-topology',
      detail: `${visibleText(path)} holds no Kubernetes objects`,
      recover: 'Make it with: kubectl get pods,services,endpointslices,nodes,configmaps,networkpolicies -A -o json',
    });
  }
  return objects;
}
