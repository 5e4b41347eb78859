import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { isGoUrl } from './goUrl.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, unknownOption, withArgument, wrongCount, wrongNumber } from './refuse.ts';

/** plugin/dnstap/setup.go parseConfig. */
export const dnstapSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const listens = args[0] !== undefined && words.valueOf(args[0]) === 'listen';
    const refusal =
      wrongCount('dnstap', head, args, listens ? 2 : 1) ?? wrongArguments(words, args.slice(listens ? 1 : 0));
    if (refusal !== undefined) return refusal;
    for (const option of optionsOf(words)) {
      const wrong = wrongOption(words, option, listens);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
};

/** `ENDPOINT [full] [TCP_WRITE_BUFFER [QUEUE]]`. */
function wrongArguments(words: Dispenser, args: readonly CorefileToken[]): Refusal | undefined {
  const [endpoint, , buffer, queue] = args;
  const sizes =
    (buffer === undefined
      ? undefined
      : wrongNumber(words, 'The write buffer of dnstap (MiB)', buffer, { min: 1, max: 1024 })) ??
    (queue === undefined
      ? undefined
      : wrongNumber(words, 'The queue of dnstap (times 10,000)', queue, { min: 1, max: 4096 }));
  if (sizes !== undefined || endpoint === undefined) return sizes;
  const text = words.valueOf(endpoint);
  if (!/^(?:tls|tcp):\/\//u.test(text) || isGoUrl(text)) return undefined;
  return refuse(
    'CF306',
    endpoint,
    `dnstap can't read ${shownWord(text)} as an address. Write one such as tcp://127.0.0.1:6000`,
  );
}

function wrongOption(words: Dispenser, option: CorefileToken, listens: boolean): Refusal | undefined {
  switch (words.value) {
    case 'skipverify':
      return undefined;
    case 'tls':
      if (!listens)
        return refuse(
          'CF427',
          option,
          'dnstap takes option tls only behind "listen". Remove it, or write dnstap listen ADDRESS',
        );
      return wrongCount('dnstap', option, words.remainingArgs(), 2);
    case 'identity':
    case 'version':
    case 'extra':
      return withArgument(words, 'dnstap', option);
    default:
      return unknownOption(words, 'dnstap', option);
  }
}
