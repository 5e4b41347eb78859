import { subjectServer } from '../clusterFacts.ts';
import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { NODE_CACHE_PLUGINS, isNodeLocal, runsNodeCache } from './nodeLocal.ts';
import { type Rule, shown } from './rule.ts';

/** node-cache is built with a part of CoreDNS's plugins only. */
export const notInNodeCache: Rule = {
  code: 'CF822',
  title: "Plugin isn't in NodeLocal's build",
  *check(context) {
    if (!isNodeLocal(context)) return;
    const server = subjectServer(context.cluster);
    // What the program says of itself is CF818's.
    if (server?.builtInPlugins !== undefined) return;
    const certain = runsNodeCache(context);
    for (const { node } of context.model.blocks) {
      for (const item of node.body) {
        if (item.kind !== 'directive' || item.value === undefined || NODE_CACHE_PLUGINS.has(item.value)) continue;
        const facts = pluginCatalogue().get(item.value);
        if (facts === undefined || existsIn(facts, context.version) !== 'yes') continue;
        if (server?.enabledPlugins?.includes(item.value) === true) continue;
        yield {
          severity: certain ? 'error' : 'warning',
          message: `NodeLocal's node-cache is built without plugin ${shown(item.value)} and doesn't start with it. Remove it, or use it in CoreDNS's own Corefile`,
          at: item.name,
        };
      }
    }
  },
};
