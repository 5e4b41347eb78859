import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { suggest } from '../suggest.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, refuse, replaceWith, shownWord } from './refuse.ts';

/**
 * A name that stands for a number in DNS and is none of `names`: CF411 when only its case is wrong, else CF306. `kind` is
 * what the name should be: class, type, response code, opcode.
 */
export function wrongMnemonic(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  names: ReadonlySet<string>,
  kind: string,
): Refusal | undefined {
  return names.has(words.valueOf(token)) ? undefined : noMnemonic(words, subject, token, names, kind);
}

/** The same for plugins that put the word into capitals first, so that its case never matters. */
export function wrongCapitals(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  names: ReadonlySet<string>,
  kind: string,
): Refusal | undefined {
  const upper = words.valueOf(token).toUpperCase();
  return names.has(upper) ? undefined : noMnemonic(words, subject, token, names, kind);
}

function noMnemonic(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  names: ReadonlySet<string>,
  kind: string,
): Refusal {
  const text = words.valueOf(token);
  if (text === '}') return braceAsArgument(subject, token);
  const upper = text.toUpperCase();
  if (names.has(upper))
    return refuse(
      'CF411',
      token,
      `${subject} knows each ${kind} in capitals only, ${shownWord(text)} is refused. Write ${upper}`,
      replaceWith(token, upper),
    );
  const near = suggest(text, names);
  return refuse(
    'CF306',
    token,
    `${subject} needs ${/^[aeiou]/u.test(kind) ? 'an' : 'a'} ${kind}, ${shownWord(text)} is none. ${near === undefined ? 'Write one that DNS knows' : `Did you mean ${near}?`}`,
    near === undefined ? [] : replaceWith(token, near),
  );
}
