import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { beginsNewLine } from '../tokenStream.ts';
import { CLASS_NAMES, RCODE_NAMES, TYPE_NAMES } from './dnsNames.ts';
import { parseUint } from './goValues.ts';
import { MAX_REGEXP_LENGTH, wrongRegexp } from './wrongRegexp.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { braceAsArgument, noneOf, refuse, shownWord, wrongCount } from './refuse.ts';
import { MATCHES, wrongNameRule } from './rewriteName.ts';
import { wrongEdns0Rule } from './rewriteEdns0.ts';
import { wrongCapitals } from './mnemonics.ts';

const TYPES = ['name', 'class', 'type', 'edns0', 'ttl', 'cname', 'rcode'];

/**
 * plugin/rewrite/setup.go rewriteParse and rewrite.go newRule: one rule a stanza. With fewer than two words on the line,
 * all words of the block are joined to one rule, whatever their lines.
 */
export const rewriteSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const args = [...words.remainingArgs()];
    if (args.length < 2) {
      while (words.nextBlock()) if (words.current !== undefined) args.push(words.current);
    }
    const refusal = wrongRule(words, name, args);
    if (refusal !== undefined) return secondRule(words, args) ?? refusal;
  }
  return undefined;
};

/** CF414: a later line of the block that looks like a rule of its own, once the words as a whole are refused. */
function secondRule(words: Dispenser, args: readonly CorefileToken[]): Refusal | undefined {
  const second = args.find((token, at) => {
    const before = args[at - 1];
    const starts = before !== undefined && beginsNewLine(before, token);
    // The second word may begin a line, behind a `stop` on the line of the plugin.
    return at > 1 && starts && [...TYPES, 'stop', 'continue'].includes(words.valueOf(token).toLowerCase());
  });
  if (second === undefined) return undefined;
  const message = `A rewrite block is one rule, and CoreDNS stops at the second. Give ${shownWord(words.valueOf(second))} a rewrite of its own`;
  return refuse('CF414', second, message);
}

function wrongRule(words: Dispenser, name: CorefileToken, all: readonly CorefileToken[]): Refusal | undefined {
  const mode = all[0];
  const hasMode = mode !== undefined && ['continue', 'stop'].includes(words.valueOf(mode).toLowerCase());
  const [type, ...args] = hasMode ? all.slice(1) : all;
  if (type === undefined) {
    const at = hasMode ? mode : name;
    if (name.text === '{')
      return refuse(
        'CF304',
        name,
        'CoreDNS reads this "{" as another rewrite, which has no rule. Write the rule on the line of rewrite, or all of it inside the block',
      );
    return refuse(
      'CF304',
      at,
      `rewrite needs a rule${hasMode ? ` behind ${shownWord(words.valueOf(mode))}` : ''}. Add one such as name OLD NEW`,
    );
  }
  const typeName = words.valueOf(type).toLowerCase();
  if (typeName === 'answer')
    return refuse(
      'CF413',
      type,
      'rewrite answer is no rule of its own, it belongs behind a name rule. Write rewrite name exact OLD NEW answer …',
    );
  const wrong = noneOf(words, 'rewrite', type, TYPES, true);
  if (wrong !== undefined) return wrong;
  switch (typeName) {
    case 'name':
      return wrongNameRule(words, type, args);
    case 'edns0':
      return wrongEdns0Rule(words, type, args);
    case 'ttl':
      return wrongTtlRule(words, type, args);
    case 'rcode':
      return wrongRcodeRule(words, type, args);
    case 'cname':
      return wrongCnameRule(words, type, args);
    default:
      return wrongPair(words, type, args, typeName);
  }
}

/** class.go newClassRule, type.go newTypeRule: names in any case. */
function wrongPair(
  words: Dispenser,
  type: CorefileToken,
  args: readonly CorefileToken[],
  kind: string,
): Refusal | undefined {
  const [from, to] = args;
  const names = kind === 'class' ? CLASS_NAMES : TYPE_NAMES;
  const subject = `rewrite ${kind}`;
  return (
    wrongCount('rewrite', type, args, 2, 2) ??
    (from && wrongCapitals(words, subject, from, names, kind)) ??
    (to && wrongCapitals(words, subject, to, names, kind))
  );
}

/** ttl.go newTTLRule: `[MATCH] NAME SECONDS`. */
function wrongTtlRule(words: Dispenser, type: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const ttl = args[args.length - 1];
  return (
    wrongCount('rewrite', type, args, 2, 3) ??
    (ttl && wrongTtl(words, ttl)) ??
    (args.length === 3 ? wrongMatch(words, 'rewrite ttl', args) : undefined)
  );
}

/** ttl.go isValidTTL: seconds, or a range with at least one end. */
function wrongTtl(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const ends = text.split('-');
  const [low = '', high = ''] = ends;
  const min = low === '' && ends.length === 2 ? 0 : parseUint(low, 32);
  const max = ends.length === 1 ? min : high === '' ? 2_147_483_647 : parseUint(high, 32);
  if (ends.length > 2 || text === '-' || min === undefined || max === undefined) {
    if (text === '}') return braceAsArgument('rewrite ttl', token);
    return refuse(
      'CF305',
      token,
      `rewrite ttl needs seconds or a range, ${shownWord(text)} is neither. Write one such as 30, 30-, -300 or 30-300`,
    );
  }
  if (min <= max) return undefined;
  return refuse(
    'CF306',
    token,
    `The range ${shownWord(text)} of rewrite ttl begins above its end. Write ${high}-${low}`,
  );
}

/** rcode.go newRCodeRule: `[MATCH] NAME OLD NEW`. */
function wrongRcodeRule(words: Dispenser, type: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const [from, to] = args.slice(-2);
  return (
    wrongCount('rewrite', type, args, 3, 4) ??
    (from && wrongRcode(words, from)) ??
    (to && wrongRcode(words, to)) ??
    (args.length === 4 ? wrongMatch(words, 'rewrite rcode', args) : undefined)
  );
}

/** rcode.go isValidRCode: 0 to 23, or a name in any case. */
function wrongRcode(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const value = parseUint(words.valueOf(token), 32);
  if (value !== undefined && value <= 23) return undefined;
  return wrongCapitals(words, 'rewrite rcode', token, RCODE_NAMES, 'response code');
}

/** cname_target.go newCNAMERule: `[MATCH] OLD NEW`; patterns are lower-cased before they are compiled. */
function wrongCnameRule(words: Dispenser, type: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  return (
    wrongCount('rewrite', type, args, 2, 3) ??
    (args.length === 3 ? wrongMatch(words, 'rewrite cname', args, true) : undefined)
  );
}

/** The kind of match in front of a name, and the name if it is a pattern. */
function wrongMatch(
  words: Dispenser,
  subject: string,
  [match, name]: readonly CorefileToken[],
  lowerCased = false,
): Refusal | undefined {
  if (match === undefined || name === undefined) return undefined;
  const wrong = noneOf(words, subject, match, MATCHES, true);
  if (wrong !== undefined || words.valueOf(match).toLowerCase() !== 'regex') return wrong;
  const pattern = words.valueOf(name);
  return wrongRegexp(words, subject, name, MAX_REGEXP_LENGTH, lowerCased ? pattern.toLowerCase() : pattern);
}
