import type { CoreDnsBuild } from './dnsServerFacts.ts';

/**
 * What CoreDNS's metrics page tells of its build: `coredns_build_info{version="1.15.0",…}` and one
 * `coredns_plugin_enabled{name="…",…} 1` for each plugin of each server block. Metrics are served only where the Corefile
 * has `prometheus`; a page without them gives an empty object.
 */
export function coreDnsBuildOf(metrics: string): CoreDnsBuild {
  let version: string | undefined;
  const plugins = new Set<string>();
  for (const line of metrics.split('\n')) {
    if (line.startsWith('coredns_build_info{')) version ??= label(line, 'version');
    else if (line.startsWith('coredns_plugin_enabled{') && / 1\s*$/u.test(line)) {
      const name = label(line, 'name');
      if (name !== undefined) plugins.add(name);
    }
  }
  return {
    ...(version === undefined || !/^\d+\.\d+\.\d+/u.test(version) ? {} : { version }),
    ...(plugins.size === 0 ? {} : { enabledPlugins: [...plugins].sort() }),
  };
}

/** Versions and plugin names hold nothing that the exposition format would escape. */
function label(line: string, name: string): string | undefined {
  return new RegExp(`[{,]${name}="([^"\\\\]{1,100})"`, 'u').exec(line)?.[1];
}
