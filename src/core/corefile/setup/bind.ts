import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseIp } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, unknownOption, wrongCount } from './refuse.ts';

/** plugin/bind/setup.go: addresses or names of network interfaces; which interfaces there are only the machine knows. */
export const bindSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const addresses = words.remainingArgs();
    const few = wrongCount('bind', head, addresses, 1);
    if (few !== undefined) return few;
    let except: readonly CorefileToken[] = [];
    for (const option of optionsOf(words)) {
      if (words.value !== 'except') return unknownOption(words, 'bind', option);
      except = words.remainingArgs();
      const refusal = wrongCount('bind', option, except, 1);
      if (refusal !== undefined) return refusal;
    }
    for (const token of [...addresses, ...except]) {
      const refusal = wrongAddress(words, token);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongAddress(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (parseIp(text) !== undefined || mayBeInterface(text)) return undefined;
  const port = /^(.*):\d+$/u.exec(text)?.[1]?.replace(/^\[|\]$/gu, '');
  const hint =
    port !== undefined && parseIp(port) !== undefined ? 'Remove the port, it belongs to the server key' : 'Correct it';
  return refuse('CF306', token, `bind takes addresses and interface names, ${shownWord(text)} is neither. ${hint}`);
}

/** Names that Linux allows for an interface, those aside that can only be a mistaken address. */
function mayBeInterface(text: string): boolean {
  return /^[^\s/:]{1,15}$/u.test(text) && text !== '.' && text !== '..' && !/^[\d.]+$/u.test(text);
}
