import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, noneOf, refuse, shownWord, wrongCount, wrongNumber } from './refuse.ts';

const VARIABLES = new Set('{qname} {qtype} {client_ip} {client_port} {protocol} {server_ip} {server_port}'.split(' '));

/** plugin/rewrite/edns0.go newEdns0Rule: `TYPE ACTION …`. */
export function wrongEdns0Rule(
  words: Dispenser,
  rule: CorefileToken,
  args: readonly CorefileToken[],
): Refusal | undefined {
  const [type, action] = args;
  const missing = wrongCount('rewrite', rule, args, 2);
  if (missing !== undefined || type === undefined || action === undefined) return missing;
  const wrong =
    noneOf(words, 'rewrite edns0', type, ['local', 'nsid', 'subnet'], true) ??
    noneOf(words, 'rewrite edns0', action, ['append', 'replace', 'set', 'unset'], true);
  if (wrong !== undefined) return wrong;
  const typeName = words.valueOf(type).toLowerCase();
  const unset = words.valueOf(action).toLowerCase() === 'unset';
  const last = args[args.length - 1];
  const reverts = !unset && last !== undefined && words.valueOf(last) === 'revert';
  const rest = args.slice(2, reverts ? -1 : undefined);
  const count = typeName === 'nsid' || (unset && typeName === 'subnet') ? 0 : unset ? 1 : 2;
  const [first, second] = rest;
  const wrongNumberOf = wrongArguments(`${typeName} ${words.valueOf(action)}`, action, rest, count);
  if (wrongNumberOf !== undefined || first === undefined) return wrongNumberOf;
  if (typeName === 'subnet') {
    return wrongMask(words, first, 32) ?? (second && wrongMask(words, second, 128));
  }
  return wrongCode(words, first) ?? (second && wrongData(words, second));
}

function wrongArguments(
  what: string,
  action: CorefileToken,
  rest: readonly CorefileToken[],
  count: number,
): Refusal | undefined {
  const surplus = rest[count];
  const number = count === 0 ? 'no argument' : `${count} ${count === 1 ? 'argument' : 'arguments'}`;
  if (surplus !== undefined) {
    if (surplus.text === '}') return braceAsArgument(`rewrite edns0 ${what}`, surplus);
    return refuse(
      'CF304',
      surplus,
      `rewrite edns0 ${what} takes ${number}, ${shownWord(surplus.text)} is one too many. Remove it`,
    );
  }
  if (rest.length === count) return undefined;
  const at = rest[rest.length - 1] ?? action;
  return refuse('CF304', at, `rewrite edns0 ${what} needs ${number}. Add what is missing`);
}

function wrongMask(words: Dispenser, token: CorefileToken, max: number): Refusal | undefined {
  return wrongNumber(words, 'rewrite edns0 subnet', token, { min: 0, max, read: parseUint16AnyBase });
}

function wrongCode(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (parseUint16AnyBase(text) !== undefined) return undefined;
  if (text === '}') return braceAsArgument('rewrite edns0 local', token);
  return refuse(
    'CF305',
    token,
    `rewrite edns0 local needs the number of an option, 0 to 65535, ${shownWord(text)} is none. Write one such as 0xffee`,
  );
}

/** `{…}` is a variable or a metadata label, `0x…` octets, anything else text. */
function wrongData(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (text.startsWith('{') && text.endsWith('}')) {
    if (VARIABLES.has(text) || /^\{[^/]+\/[^]+\}$/u.test(text)) return undefined;
    return refuse(
      'CF306',
      token,
      `rewrite edns0 local knows no variable ${shownWord(text)}. Write ${[...VARIABLES].join(', ')} or {plugin/label}`,
    );
  }
  if (!text.startsWith('0x') || /^0x(?:[0-9a-fA-F]{2})*$/u.test(text)) return undefined;
  return refuse(
    'CF305',
    token,
    `rewrite edns0 local needs pairs of hexadecimal digits behind 0x, ${shownWord(text)} has others. Correct it`,
  );
}

/** strconv.ParseUint(text, 0, 16): the prefix tells the base, `_` may stand between digits. */
function parseUint16AnyBase(text: string): number | undefined {
  const match = /^(?:(0x)((?:_?[0-9a-f])+)|(0b)((?:_?[01])+)|(0o?)((?:_?[0-7])+)|((?:0|[1-9](?:_?\d)*)))$/iu.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] ?? match[4] ?? match[6] ?? match[7] ?? '').replaceAll('_', '');
  const base = match[2] !== undefined ? 16 : match[4] !== undefined ? 2 : match[6] !== undefined ? 8 : 10;
  const value = Number.parseInt(digits, base);
  return value < 65_536 ? value : undefined;
}
