import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { TYPE_NAMES } from './dnsNames.ts';
import { parseCidr } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, refuse, replaceWith, shownWord, unknownOption } from './refuse.ts';

const ACTIONS = ['allow', 'block', 'filter', 'drop'];
const SECTIONS = ['type', 'net'];

/** plugin/acl/setup.go parse: words of a rule belong to the section `type` or `net` in front of them. */
export const aclSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
    words.remainingArgs();
    for (const action of optionsOf(words)) {
      if (!ACTIONS.includes(words.value.toLowerCase())) return unknownOption(words, 'acl', action);
      const refusal = wrongSections(words, words.remainingArgs());
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongSections(words: Dispenser, args: readonly CorefileToken[]): Refusal | undefined {
  const isSection = (token: CorefileToken): boolean => SECTIONS.includes(words.valueOf(token).toLowerCase());
  for (let at = 0; at < args.length;) {
    const section = args[at];
    if (section === undefined) break;
    if (!isSection(section)) return noneOf(words, 'A rule of acl', section, SECTIONS, true);
    const next = args.findIndex((token, index) => index > at && isSection(token));
    const values = args.slice(at + 1, next === -1 ? args.length : next);
    const name = words.valueOf(section).toLowerCase();
    if (values.length === 0)
      return refuse('CF304', section, `acl needs at least one value behind ${name}. Add one, or "*" for all`);
    for (const value of values) {
      const text = words.valueOf(value);
      if (text === '*') break;
      const refusal = name === 'type' ? wrongType(value, text) : wrongNet(value, text);
      if (refusal !== undefined) return refusal;
    }
    at += values.length + 1;
  }
  return undefined;
}

function wrongType(token: CorefileToken, text: string): Refusal | undefined {
  if (TYPE_NAMES.has(text)) return undefined;
  const upper = text.toUpperCase();
  if (TYPE_NAMES.has(upper))
    return refuse('CF411', token, `acl reads types in upper case only. Write ${upper}`, replaceWith(token, upper));
  return refuse('CF306', token, `acl knows no record type ${shownWord(text)}. Correct it, or write "*" for all types`);
}

function wrongNet(token: CorefileToken, text: string): Refusal | undefined {
  const network = text.includes('/') ? text : text.includes(':') ? `${text}/128` : `${text}/32`;
  if (parseCidr(network) !== undefined) return undefined;
  return refuse('CF306', token, `${shownWord(text)} is neither an address nor a network. Write one such as 10.0.0.0/8`);
}
