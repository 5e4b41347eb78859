import type { CorefileToken } from '../lexer.ts';
import { type OptionFacts, existsIn, findOption } from '../pluginCatalogue.ts';
import {
  type Finding,
  type KnownStanza,
  type Rule,
  type RuleContext,
  certainOptions,
  holdsClose,
  judgedBySetup,
  knownStanzas,
  refused,
  shown,
  valueOf,
} from './rule.ts';

/** Too few or too many arguments for a plugin or one of its options. */
export const argumentCount: Rule = {
  code: 'CF304',
  title: 'Wrong number of arguments',
  *check(context) {
    yield* refused(context, 'CF304');
    for (const known of knownStanzas(context)) {
      const { plugin, stanza } = known;
      if (judgedBySetup(context, plugin.name)) continue;
      if (plugin.block === 'rule') continue;
      if (existsIn(plugin, context.version) !== 'yes') continue;
      if (stanza.name.text === plugin.name) {
        const finding = judge(plugin.name, plugin, stanza.name, stanza.args);
        if (finding !== undefined) yield finding;
      }
      yield* judgeOptions(context, known);
    }
  },
};

function* judgeOptions(context: RuleContext, { plugin, stanza }: KnownStanza): Iterable<Finding> {
  if (plugin.block === 'none' || plugin.block === 'ignored') return;
  for (const { name, args } of certainOptions(stanza)) {
    if (holdsClose(args)) return;
    const value = valueOf(context, name);
    const option = value === undefined ? undefined : findOption(plugin, value);
    // From an unknown option on nothing is read.
    if (value === undefined || option === undefined || existsIn(option, context.version) !== 'yes') return;
    const surplus = option.maxArgs === undefined ? undefined : args[option.maxArgs];
    const text = surplus === undefined ? undefined : valueOf(context, surplus);
    // Options that read one argument leave the rest of the line, which then counts as the next option.
    if (surplus !== undefined && (text === undefined || findOption(plugin, text) !== undefined)) return;
    const finding = judge(`${plugin.name} option ${value}`, option, name, args);
    if (finding !== undefined) yield finding;
  }
}

function judge(
  subject: string,
  { minArgs, maxArgs }: OptionFacts,
  name: CorefileToken,
  args: readonly CorefileToken[],
): Finding | undefined {
  if (args.length < minArgs) {
    const message = `${subject} needs ${counted('at least ', minArgs, maxArgs)}, here ${given(args.length)}. Add what is missing`;
    return { severity: 'error', message, at: { ...name, end: args[args.length - 1]?.end ?? name.end } };
  }
  const surplus = maxArgs === undefined ? undefined : args[maxArgs];
  if (maxArgs === undefined || surplus === undefined) return undefined;
  const limit = maxArgs === 0 ? 'takes no arguments' : `takes ${counted('at most ', maxArgs, minArgs)}`;
  const message = `${subject} ${limit}, ${shown(surplus.text)} is one too many. Remove it`;
  return { severity: 'error', message, at: surplus };
}

const given = (count: number): string => (count === 0 ? 'is none' : count === 1 ? 'is one' : `are ${count}`);

function counted(prefix: string, count: number, other: number | undefined): string {
  return `${count === other ? '' : prefix}${count} ${count === 1 ? 'argument' : 'arguments'}`;
}
