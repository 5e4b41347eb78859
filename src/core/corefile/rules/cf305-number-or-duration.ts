import type { CorefileToken } from '../lexer.ts';
import { type OptionFacts, existsIn, findOption } from '../pluginCatalogue.ts';
import {
  type Finding,
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

/** Go's time.ParseDuration: numbers with units, or a bare 0. */
const DURATION = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/u;
const INTEGER = /^[+-]?\d+$/u;

/** A time without a unit where Go wants one, or anything but digits where it wants an integer. */
export const numberOrDuration: Rule = {
  code: 'CF305',
  title: 'Not the kind of number the plugin reads',
  *check(context) {
    yield* refused(context, 'CF305');
    for (const { plugin, stanza } of knownStanzas(context)) {
      if (judgedBySetup(context, plugin.name)) continue;
      if (stanza.name.text === plugin.name) {
        // The first argument of cache may also be a zone.
        const finding = plugin.name === 'cache' ? undefined : judge(context, plugin.name, plugin, stanza.args[0]);
        if (finding !== undefined) yield finding;
      }
      if (plugin.block === 'ignored' || plugin.block === 'none') continue;
      for (const { name, args } of certainOptions(stanza)) {
        const value = valueOf(context, name);
        const option = value === undefined ? undefined : findOption(plugin, value);
        // From an unknown option on nothing is read.
        if (value === undefined || option === undefined || existsIn(option, context.version) !== 'yes') break;
        const finding = judge(context, `${plugin.name} option ${value}`, option, args[0]);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

function judge(
  context: RuleContext,
  subject: string,
  { type }: OptionFacts,
  token: CorefileToken | undefined,
): Finding | undefined {
  const value = token === undefined || token.text === '}' ? undefined : valueOf(context, token);
  if (token === undefined || value === undefined || type === undefined) return undefined;
  const name = value === '' ? 'an empty word' : shown(value);
  if (type === 'duration') {
    if (DURATION.test(value)) return undefined;
    const bare = /^\d{1,9}$/u.test(value);
    return {
      severity: 'error',
      message: `${subject} needs a time with a unit (ms, s, m, h), ${name} ${bare ? 'has none' : 'is none'}. Write ${bare ? `${value}s` : 'one such as 30s'}`,
      at: token,
      fixes: bare ? [{ title: `Write ${value}s`, edits: [replaceToken(token, `${value}s`)] }] : [],
    };
  }
  if (INTEGER.test(value)) return undefined;
  const seconds = /^(\d{1,9})s$/u.exec(value)?.[1];
  return {
    severity: 'error',
    message: `${subject} needs a whole number, ${name} is none. Write ${seconds ?? 'digits only'}`,
    at: token,
    fixes: seconds === undefined ? [] : [{ title: `Write ${seconds}`, edits: [replaceToken(token, seconds)] }],
  };
}
