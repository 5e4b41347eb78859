import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { fallthroughZones, parseIp } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  twice,
  unknownOption,
  wrongCount,
  wrongDuration,
  wrongNumber,
} from './refuse.ts';

/** plugin/hosts/setup.go hostsParse: a word that is no option is a line of data, until fallthrough has named a zone. */
export const hostsSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  words.remainingArgs();
  let fallthrough = false;
  let unsupported: CorefileToken | undefined;
  for (const option of optionsOf(words)) {
    if (words.value === 'fallthrough') {
      fallthrough = fallthroughZones(words.remainingArgs().map((token) => words.valueOf(token))).length > 0;
      continue;
    }
    if (words.value === 'fallthrough_unsupported') unsupported = option;
    const refusal = wrongOption(words, option, fallthrough);
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  if (again !== undefined) return twice('hosts', head, again);
  if (unsupported === undefined || fallthrough) return undefined;
  return refuse('CF309', unsupported, 'fallthrough_unsupported of hosts needs fallthrough in the same block. Add it');
};

function wrongOption(words: Dispenser, option: CorefileToken, fallthrough: boolean): Refusal | undefined {
  const name = words.value;
  if (name === 'no_reverse') return undefined;
  const args = words.remainingArgs();
  const [first] = args;
  switch (name) {
    case 'fallthrough_unsupported':
      return wrongCount('hosts', option, args, 0, 0);
    case 'ttl':
      return first === undefined
        ? wrongCount('hosts', option, args, 1)
        : wrongNumber(words, subjectOf('hosts', option), first, { min: 1, max: 65_535 });
    case 'reload':
      return (
        wrongCount('hosts', option, args, 1, 1) ??
        (first === undefined ? undefined : wrongDuration(words, subjectOf('hosts', option), first, { min: 0n }))
      );
    default:
      if (!fallthrough) return undefined;
      if (parseIp(name) === undefined) return unknownOption(words, 'hosts', option);
      return refuse(
        'CF403',
        option,
        `hosts reads no lines behind fallthrough, so CoreDNS stops at ${shownWord(name)}. Move fallthrough to the end of the block`,
      );
  }
}
