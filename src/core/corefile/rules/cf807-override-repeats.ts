import type { ServerBlockModel } from '../model.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { mainCorefile, refusesTwo, repeatInPart } from './parts.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, valueOf } from './rule.ts';

/** Once-only plugins of the root block on every platform that imports overrides. */
const USUAL: ReadonlySet<string> = new Set(['errors', 'ready', 'kubernetes', 'prometheus', 'cache', 'loop']);

/** An override repeats a plugin that its block, or another override, has already. */
export const overrideRepeats: Rule = {
  code: 'CF807',
  title: 'Override repeats a plugin of its block',
  *check(context) {
    if (context.purpose === 'override') yield* alone(context);
    else for (const block of liveBlocks(context)) yield* assembled(context, block);
  },
};

function* assembled(context: RuleContext, block: ServerBlockModel): Iterable<Finding> {
  for (const [name, stanzas] of block.plugins) {
    const repeat = refusesTwo(name) ? repeatInPart(stanzas) : undefined;
    if (repeat === undefined || stanzas[0]?.uncertain === true || valueOf(context, repeat.name) !== name) continue;
    const other = stanzas.find((stanza) => stanza !== repeat);
    const where = other?.name.file === '' ? 'this block has it already' : 'another imported file has it already';
    yield {
      severity: 'error',
      message: `${name} may stand only once in a server block, and ${where}: CoreDNS doesn't start. Remove it here or join the two`,
      at: repeat.name,
      mentions: other === undefined ? [] : [{ at: other.name, message: `The other ${name}` }],
    };
  }
}

function* alone(context: RuleContext): Iterable<Finding> {
  const main = mainCorefile(context.cluster);
  const importing = main?.blocks.filter(({ node }) => node.body.some(({ kind }) => kind === 'import')) ?? [];
  for (const { plugins } of context.model.blocks) {
    for (const [name, [stanza]] of plugins) {
      if (stanza === undefined || !pluginCatalogue().has(name) || !refusesTwo(name)) continue;
      const certain = importing.some((block) => block.plugins.has(name));
      if (!certain && (main !== undefined || !USUAL.has(name))) continue;
      yield certain
        ? {
            severity: 'error',
            message: `${name} may stand only once in a server block, and the one that imports this file has it already: CoreDNS doesn't start. Remove it`,
            at: stanza.name,
          }
        : {
            severity: 'warning',
            message: `${name} may stand only once in a server block, and root blocks that import overrides usually have it already: CoreDNS then doesn't start. Remove it`,
            at: stanza.name,
          };
    }
  }
}
