/** By which names Corefiles go inside a ConfigMap or a values file, and which texts only look like one. */
import type { CorefilePurpose } from '../rules/rule.ts';

/** Cheap test for a file that may hold a Corefile: most YAML ends here, unparsed. */
export function mayHoldCorefile(text: string): boolean {
  return /\bcorefile\b|\.(?:server|override)\b|\bcustomConfig\b/iu.test(text);
}

/** Cheap test for pods that may mount CoreDNS's ConfigMaps. */
export function mayRunCoreDns(text: string): boolean {
  return /\bkind["']?:\s*["']?(?:Deployment|DaemonSet|StatefulSet|Pod|List)\b/u.test(text) && /configMap/u.test(text);
}

/**
 * What a key stands for: `Corefile` (and `Corefile.base`, as node-cache mounts it) is a main file, `*.server` is imported
 * at top level and `*.override` into a server block (AKS, k3s, gardener). `undefined`: not a Corefile by its name.
 */
export function purposeOfKey(key: string): CorefilePurpose | undefined {
  if (/^corefile(?:[.-][\w.-]+)?$/iu.test(key)) return 'corefile';
  if (/.\.server$/u.test(key)) return 'server';
  return /.\.override$/u.test(key) ? 'override' : undefined;
}

/** What a text stands for under a key of a ConfigMap, by their names and, where those leave doubt, by its looks. */
export function purposeInMap(name: string | undefined, key: string, text: string): CorefilePurpose | undefined {
  return isCoreDnsName(name) || looksLikeCorefile(text) ? purposeOfKey(key) : undefined;
}

/** A line that ends in an opening brace: `*.server` is a name other programs use for a host as well. */
export function looksLikeCorefile(text: string): boolean {
  return /(?:^|\s)\{[ \t]*(?:#[^\n]*)?\r?$/mu.test(text);
}

/** Names of CoreDNS's own ConfigMaps: whatever stands under a fitting key there is meant for CoreDNS. */
export function isCoreDnsName(name: string | undefined): boolean {
  return name !== undefined && /coredns|node-local-dns|nodelocaldns|dns-default/u.test(name);
}

/**
 * True for the source of a Helm template, which is no Corefile before it is rendered. CoreDNS's template plugin uses the
 * same braces for its own fields in these lines.
 */
export function isHelmTemplate(text: string): boolean {
  if (!text.includes('{{')) return false;
  return text.split('\n').some((line) => {
    if (!line.includes('{{')) return false;
    return !/^\s*(?:answer|additional|authority|ederror)\s/u.test(line) || /\.(?:Values|Release|Chart)\b/u.test(line);
  });
}
