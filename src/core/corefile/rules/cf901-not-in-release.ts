import type { CorefileToken } from '../lexer.ts';
import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { isPluginAsBlock } from './cf806-plugin-as-block.ts';
import { isInImage } from './cf818-not-in-image.ts';
import { optionMigration, pluginMigration } from './migrations.ts';
import { type Gap, gapOf } from './outOfRelease.ts';
import { optionRange } from './pluginStanzas.ts';
import { rewriteRules } from './rewriteRules.ts';
import { type Finding, type Rule, type RuleContext, certainOptions, knownStanzas } from './rule.ts';

/** A plugin or option that other releases have. Words that none has are told by CF119 and CF303. */
export const notInRelease: Rule = {
  code: 'CF901',
  title: 'Plugin or option is not part of this release',
  *check(context) {
    yield* pluginGaps(context);
    for (const { plugin, stanza } of knownStanzas(context)) {
      if (existsIn(plugin, context.version) !== 'yes') continue;
      if (plugin.block !== 'options' && plugin.block !== 'rules') continue;
      for (const option of certainOptions(stanza)) {
        const gap = gapOf(context, plugin, option);
        if (gap === undefined) continue;
        const range = optionRange(option);
        yield {
          severity: 'error',
          message: told(context, `Option ${gap.name} of ${plugin.name}`, gap, adviceFor(plugin.name, gap)),
          at: option.name,
          fixes: gap.state === 'removed' ? optionMigration(context, plugin.name, stanza, option) : [],
          // What the plugin's setup says of the same words.
          claims: [{ start: range.start, end: Math.max(range.end, range.start + 1) }],
        };
        // The plugin stops at the first.
        break;
      }
    }
    yield* rewriteGaps(context);
  },
};

/** Names are checked while parsing, so blocks without keys count as well. */
function* pluginGaps(context: RuleContext): Iterable<Finding> {
  for (const block of context.model.blocks) {
    if (isPluginAsBlock(context, block)) continue;
    for (const item of block.node.body) {
      const facts = item.kind === 'directive' ? pluginCatalogue().get(item.value ?? '') : undefined;
      const state = facts === undefined ? 'yes' : existsIn(facts, context.version);
      if (item.kind !== 'directive' || facts === undefined || state === 'yes') continue;
      // What the running image holds or lacks is known better than what its release does: CF818 tells.
      if (isInImage(context, facts.name) !== undefined) continue;
      const { name, replacedBy } = facts;
      const release = (state === 'removed' ? facts.removedIn : facts.since) ?? '';
      const stanza = block.plugins.get(name)?.find((one) => one.name === item.name);
      yield {
        severity: 'error',
        message: told(context, `Plugin ${name}`, { name, state, release }, replacedBy),
        at: item.name,
        claims: [item.name],
        fixes: stanza === undefined || state === 'not-yet' ? [] : pluginMigration(context, block, stanza, name),
      };
    }
  }
}

/** The kind of a rewrite rule stands on its line, not in a block. */
function* rewriteGaps(context: RuleContext): Iterable<Finding> {
  const options = pluginCatalogue().get('rewrite')?.options;
  for (const { type, words } of rewriteRules(context)) {
    const facts = type === undefined ? undefined : options?.get(type);
    const token: CorefileToken | undefined = words.find(({ text }) => text.toLowerCase() === type);
    if (facts?.since === undefined || token === undefined || existsIn(facts, context.version) !== 'not-yet') continue;
    const gap: Gap = { name: facts.name, state: 'not-yet', release: facts.since };
    yield { severity: 'error', message: told(context, `Rule ${facts.name} of rewrite`, gap, undefined), at: token };
  }
}

function told({ version }: RuleContext, subject: string, { state, release }: Gap, instead: string | undefined): string {
  if (state === 'not-yet') {
    return `${subject} exists since CoreDNS ${release}, this is ${version}. Upgrade or remove it`;
  }
  const advice = instead === undefined ? 'Remove it' : `Use ${instead} instead`;
  return `${subject} was removed in CoreDNS ${release}, this is ${version}. ${advice}`;
}

function adviceFor(plugin: string, { name, state }: Gap): string | undefined {
  if (state !== 'removed') return undefined;
  if (name.startsWith('transfer')) return 'the transfer plugin';
  if (name === 'no_reload') return 'reload 0';
  return plugin === 'header' ? `response ${name}` : undefined;
}
