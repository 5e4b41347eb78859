import type { CorefileToken } from '../lexer.ts';
import { existsIn, isExternalPlugin, pluginCatalogue } from '../pluginCatalogue.ts';
import { suggest } from '../suggest.ts';
import type { Edit } from '../edit.ts';
import { isServerBlockInOverride } from './cf805-block-in-override.ts';
import { isPluginAsBlock } from './cf806-plugin-as-block.ts';
import { isInImage } from './cf818-not-in-image.ts';
import { type Finding, type Rule, type RuleContext, replaceToken, shown } from './rule.ts';

/** A word where a plugin's name must stand that no CoreDNS knows. Case counts. */
export const unknownPlugin: Rule = {
  code: 'CF119',
  title: 'Unknown plugin',
  *check(context) {
    const speller = new Speller(context.version);
    // Plugin names are checked while parsing, so blocks without keys count as well.
    for (const block of context.model.blocks) {
      if (isPluginAsBlock(context, block)) continue;
      for (const item of block.node.body) {
        if (item.kind !== 'directive' || item.value === undefined) continue;
        if (isServerBlockInOverride(context, block, item) || isInImage(context, item.value) !== undefined) continue;
        // One that some other release has is told by CF901.
        if (!pluginCatalogue().has(item.value)) yield unknown(context, item.name, item.value, speller);
      }
    }
  },
};

/** Names of the plugins a release has, and what is near to one that isn't among them; each name is looked up once. */
class Speller {
  readonly names: ReadonlySet<string>;
  readonly #near = new Map<string, string | undefined>();

  constructor(version: string) {
    const known = [...pluginCatalogue().values()].filter((facts) => existsIn(facts, version) === 'yes');
    this.names = new Set(known.map(({ name }) => name));
  }

  near(name: string): string | undefined {
    if (!this.#near.has(name)) this.#near.set(name, suggest(name, this.names));
    return this.#near.get(name);
  }
}

function unknown(context: RuleContext, token: CorefileToken, name: string, speller: Speller): Finding {
  const at = token;
  if (isExternalPlugin(name)) {
    const message = `Plugin ${name} isn't part of CoreDNS itself: only an image built with it starts. Use such an image or remove it`;
    return { severity: 'error', message, at };
  }
  const near = speller.near(name);
  if (near === undefined) {
    const message = `CoreDNS ${context.version} has no plugin ${shown(name)}. Correct the name or remove the line`;
    return { severity: 'error', message, at };
  }
  const message = `CoreDNS ${context.version} has no plugin ${shown(name)}. Did you mean ${near}?`;
  return { severity: 'error', message, at, fixes: fix(`Replace with ${near}`, replaceToken(token, near)) };
}

function fix(title: string, edit: Edit): Finding['fixes'] & object {
  return [{ title, edits: [edit] }];
}
