import { type DnsServerFacts, subjectServer } from '../clusterFacts.ts';
import { isExternalPlugin, pluginCatalogue } from '../pluginCatalogue.ts';
import { type Rule, type RuleContext, shown } from './rule.ts';

/** Images built from CoreDNS's own list of plugins. */
const STOCK =
  /^(?:registry\.k8s\.io\/|k8s\.gcr\.io\/|mcr\.microsoft\.com\/|(?:docker\.io\/)?coredns\/coredns[:@]|(?:docker\.io\/)?rancher\/mirrored-coredns)|\/eks\/coredns[:@]/u;

/** A plugin that the image which runs here certainly lacks. */
export const notInImage: Rule = {
  code: 'CF818',
  title: "Plugin isn't in the image that runs here",
  *check(context) {
    for (const { node } of context.model.blocks) {
      for (const item of node.body) {
        if (item.kind !== 'directive' || item.value === undefined || isInImage(context, item.value) !== false) continue;
        const image = subjectServer(context.cluster)?.image ?? '';
        yield {
          severity: 'error',
          message: `The image that runs here (${shown(image)}) is built without plugin ${shown(item.value)}: CoreDNS doesn't start. Remove it or use an image that has it`,
          at: item.name,
        };
      }
    }
  },
};

/** Whether the image that runs has the plugin, as far as the cluster tells. CF119 leaves such names to this rule. */
export function isInImage({ cluster }: RuleContext, plugin: string): boolean | undefined {
  const server = subjectServer(cluster);
  const known = isExternalPlugin(plugin) || pluginCatalogue().has(plugin);
  if (server === undefined || !known) return undefined;
  if (server.enabledPlugins?.includes(plugin) === true) return true;
  if (server.builtInPlugins !== undefined) return server.builtInPlugins.includes(plugin);
  return isExternalPlugin(plugin) && isStock(server) ? false : undefined;
}

function isStock({ image }: DnsServerFacts): boolean {
  return image !== undefined && STOCK.test(image);
}
