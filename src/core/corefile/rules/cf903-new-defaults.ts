import { compareVersions } from '../pluginCatalogue.ts';
import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** Plugins that the Corefile of kubeadm got over time, with the release it began with and what they are for. */
const DEFAULTS: readonly (readonly [plugin: string, since: string, purpose: string])[] = [
  ['ready', '1.5.0', 'tells Kubernetes when it can answer'],
  ['loadbalance', '1.0.0', 'changes the order of addresses from answer to answer'],
];

/** What a Corefile from an older release lacks beside today's default. Other such gaps have rules of their own. */
export const newDefaults: Rule = {
  code: 'CF903',
  title: 'Default of newer Corefiles is missing',
  *check(context) {
    if (context.purpose !== 'corefile' || context.model.corefile.incomplete) return;
    const blocks = liveBlocks(context);
    const block = blocks.find(({ plugins }) => plugins.has('kubernetes'));
    const kubernetes = block?.plugins.get('kubernetes')?.[0];
    if (block === undefined || kubernetes === undefined || blocks.some(({ incomplete }) => incomplete)) return;
    for (const [plugin, since, purpose] of DEFAULTS) {
      if (compareVersions(context.version, since) < 0 || blocks.some(({ plugins }) => plugins.has(plugin))) continue;
      // A probe that asks in vain is more than a missing default.
      if (plugin === 'ready' && context.cluster?.coreDns?.readiness !== undefined) continue;
      const edit = insertPlugin(context, block, plugin);
      yield {
        severity: 'info',
        message: `The default Corefile has ${plugin}, which ${purpose}; this one has not. Add ${plugin}`,
        at: kubernetes.name,
        fixes: edit === undefined ? [] : [{ title: `Add ${plugin}`, edits: [edit] }],
      };
    }
  },
};
