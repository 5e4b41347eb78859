import { existsIn, findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import type { StanzaOption } from '../stanza.ts';
import { suggest } from '../suggest.ts';
import { isOutOfRelease } from './outOfRelease.ts';
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

/** A word in a plugin's block that is an option of it in no release. */
export const unknownOption: Rule = {
  code: 'CF303',
  title: 'Unknown option in a plugin block',
  *check(context) {
    yield* refused(context, 'CF303');
    for (const known of knownStanzas(context)) {
      const { plugin, stanza } = known;
      if (judgedBySetup(context, plugin.name)) continue;
      // The block of federation holds names; a plugin the release hasn't is told by CF901.
      if (plugin.name === 'federation' || existsIn(plugin, context.version) !== 'yes') continue;
      const checked =
        plugin.block === 'inline' ? afterFallthrough(context, certainOptions(stanza)) : certainOptions(stanza);
      if (plugin.block === 'rule' || plugin.block === 'ignored') continue;
      for (const option of checked) {
        // CoreDNS stops here, too; CF901 tells.
        if (isOutOfRelease(context, plugin, option)) break;
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
  if (findOption(plugin, name) !== undefined) return undefined;
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
