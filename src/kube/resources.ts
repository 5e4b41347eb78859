import type { ListScope, Resource } from '../session/ports.ts';

/** Where each kind lives in the API; `false` for kinds without a namespace. */
const PLACES: Readonly<Record<Resource, { readonly base: string; readonly namespaced: boolean }>> = {
  pods: { base: '/api/v1', namespaced: true },
  services: { base: '/api/v1', namespaced: true },
  configmaps: { base: '/api/v1', namespaced: true },
  nodes: { base: '/api/v1', namespaced: false },
  namespaces: { base: '/api/v1', namespaced: false },
  endpointslices: { base: '/apis/discovery.k8s.io/v1', namespaced: true },
  deployments: { base: '/apis/apps/v1', namespaced: true },
  poddisruptionbudgets: { base: '/apis/policy/v1', namespaced: true },
};

export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const place = PLACES[resource];
  // Every part is percent-encoded: a name with a slash can never leave its place in the path.
  const scope = place.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${place.base}${scope}/${resource}`;
}

export function objectPath(
  resource: Resource,
  namespace: string | undefined,
  name: string,
  subresource?: string,
): string {
  const tail = subresource === undefined ? '' : `/${subresource}`;
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}${tail}`;
}

export function selectors(scope: ListScope): Readonly<Record<string, string>> {
  return {
    ...(scope.labelSelector === undefined ? {} : { labelSelector: scope.labelSelector }),
    ...(scope.fieldSelector === undefined ? {} : { fieldSelector: scope.fieldSelector }),
  };
}
