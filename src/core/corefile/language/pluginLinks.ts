import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { type StatementTree, allStatements } from './statements.ts';

export interface PluginLink {
  readonly start: number;
  readonly end: number;
  readonly plugin: string;
  readonly url: string;
}

/** Page on a plugin of CoreDNS's own. */
export function documentationUrl(plugin: string): string {
  // Pages are named as the plugin's directory, which differs for one of them.
  return `https://coredns.io/plugins/${plugin === 'prometheus' ? 'metrics' : plugin}/`;
}

/** Links from names of plugins that the release has to their documentation. */
export function pluginLinks(tree: StatementTree, version: string): readonly PluginLink[] {
  const links: PluginLink[] = [];
  for (const { role, words } of allStatements(tree.statements)) {
    const name = words[0];
    const facts = role === 'plugin' && name !== undefined ? pluginCatalogue().get(name.text) : undefined;
    if (name === undefined || facts === undefined || existsIn(facts, version) !== 'yes') continue;
    links.push({ start: name.start, end: name.end, plugin: name.text, url: documentationUrl(name.text) });
  }
  return links;
}
