import { existsIn, findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import type { StanzaOption } from '../stanza.ts';
import { suggest } from '../suggest.ts';
import {
  type Finding,
  type KnownStanza,
  type Rule,
  type RuleContext,
  certainOptions,
  judgedBySetup,
  knownStanzas,
  refused,
  replaceToken,
  shown,
  valueOf,
} from './rule.ts';

/** A word in a plugin's block that isn't one of its options (in this version). */
export const unknownOption: Rule = {
  code: 'CF303',
  title: 'Unknown option in a plugin block',
  *check(context) {
    yield* refused(context, 'CF303');
    for (const known of knownStanzas(context)) {
      const { plugin, stanza } = known;
      if (judgedBySetup(context, plugin.name)) continue;
      const checked =
        plugin.block === 'inline' ? afterFallthrough(context, certainOptions(stanza)) : certainOptions(stanza);
      if (plugin.block === 'rule' || plugin.block === 'ignored') continue;
      for (const option of checked) {
        const finding = judge(context, known, option);
        if (finding === undefined) continue;
        yield finding;
        // The plugin stops at the first; what stands behind it may only be a consequence.
        break;
      }
    }
  },
};

/** Inside hosts any word is a line of data until `fallthrough` (plugin/hosts/setup.go). */
function afterFallthrough(context: RuleContext, options: readonly StanzaOption[]): readonly StanzaOption[] {
  const index = options.findIndex(({ name }) => valueOf(context, name) === 'fallthrough');
  const fallthrough = options[index];
  // With zones that aren't names CoreDNS may be left with none, and goes on reading data.
  return fallthrough === undefined || fallthrough.args.length > 0 ? [] : options.slice(index + 1);
}

function judge(
  context: RuleContext,
  { block, plugin, stanza }: KnownStanza,
  option: StanzaOption,
): Finding | undefined {
  const name = valueOf(context, option.name);
  if (name === undefined) return undefined;
  const at = option.name;
  if (plugin.block === 'none') {
    return {
      severity: 'error',
      message: `${plugin.name} takes no block, CoreDNS stops here. Remove the braces and what they hold`,
      at,
    };
  }
  const facts = findOption(plugin, name);
  const state = facts === undefined ? 'unknown' : existsIn(facts, context.version);
  switch (state) {
    case 'yes':
      return undefined;
    case 'not-yet': {
      const message = `Option ${name} of ${plugin.name} exists since CoreDNS ${facts?.since ?? ''}, this is ${context.version}. Upgrade or remove it`;
      return { severity: 'error', message, at };
    }
    case 'removed': {
      const message = `Option ${name} of ${plugin.name} was removed in CoreDNS ${facts?.removedIn ?? ''}, this is ${context.version}. Remove it`;
      return { severity: 'error', message, at };
    }
    case 'unknown':
      break;
  }
  const options = [...plugin.options.values()].filter((candidate) => existsIn(candidate, context.version) === 'yes');
  const near = suggest(
    name,
    options.map((candidate) => candidate.name),
  );
  if (near !== undefined) {
    const message = `${plugin.name} has no option ${shown(name)}. Did you mean ${near}?`;
    return {
      severity: 'error',
      message,
      at,
      fixes: [{ title: `Replace with ${near}`, edits: [replaceToken(option.name, near)] }],
    };
  }
  if (pluginCatalogue().has(name) && (block.node.close === undefined || stanza.close === undefined)) {
    const message = `${plugin.name} has no option ${shown(name)}: it is a plugin, and a "}" is missing above it. Close the block of ${plugin.name}`;
    return { severity: 'error', message, at };
  }
  const list = options.map((candidate) => candidate.name).join(', ');
  const message = `${plugin.name} has no option ${shown(name)}. It has: ${list}`;
  return { severity: 'error', message, at };
}
