import type { AccessCheck } from './ports.ts';
import type { MissingPermission } from './trace/traceTypes.ts';

/** `patch pods/ephemeralcontainers in namespace shop`. */
export function describeCheck(check: AccessCheck): string {
  const resource = check.subresource === undefined ? check.resource : `${check.resource}/${check.subresource}`;
  const group = check.group === '' ? '' : `.${check.group}`;
  return `${check.verb} ${resource}${group}${check.namespace === undefined ? '' : ` in namespace ${check.namespace}`}`;
}

/** Roles (one a namespace) and, for what has no namespace, a ClusterRole. Names in it come from the checks, quoted for YAML. */
export function roleYaml(missing: readonly MissingPermission[], name = 'dnscope-trace'): string | undefined {
  if (missing.length === 0) return undefined;
  const namespaces = [...new Set(missing.map((one) => one.check.namespace))];
  return namespaces
    .map((namespace) =>
      oneRole(
        namespace,
        missing.filter((one) => one.check.namespace === namespace),
        name,
      ),
    )
    .join('---\n');
}

function oneRole(namespace: string | undefined, missing: readonly MissingPermission[], name: string): string {
  const rules = new Map<string, Set<string>>();
  for (const { check } of missing) {
    const resource = check.subresource === undefined ? check.resource : `${check.resource}/${check.subresource}`;
    const key = JSON.stringify([check.group, resource]);
    rules.set(key, (rules.get(key) ?? new Set()).add(check.verb));
  }
  const lines = [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
    'metadata:',
    `  name: ${name}`,
    ...(namespace === undefined ? [] : [`  namespace: ${JSON.stringify(namespace)}`]),
    'rules:',
  ];
  for (const [key, verbs] of rules) {
    const [group, resource] = JSON.parse(key) as [string, string];
    lines.push(`  - apiGroups: [${JSON.stringify(group)}]`);
    lines.push(`    resources: [${JSON.stringify(resource)}]`);
    lines.push(`    verbs: [${[...verbs].map((verb) => JSON.stringify(verb)).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}
