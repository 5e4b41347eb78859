import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCidr } from './addresses.ts';
import { firstRefusal } from './firstRefusal.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, subjectOf, unknownOption, wrongCount, wrongDuration, wrongNumber } from './refuse.ts';

/** plugin/proxyproto/setup.go setup. */
export const proxyprotoSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const wrong = wrongCount('proxyproto', name, words.remainingArgs(), 0, 0);
    if (wrong !== undefined) return wrong;
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const subject = subjectOf('proxyproto', option);
  const name = words.valueOf(option);
  if (!['allow', 'default', 'udp_session_tracking', 'tlv_metadata'].includes(name))
    return unknownOption(words, 'proxyproto', option);
  const args = words.remainingArgs();
  const [first, second] = args;
  switch (name) {
    case 'allow':
      return firstRefusal(args, (token) => wrongCidr(words, subject, token));
    case 'default':
      return (
        wrongCount('proxyproto', option, args, 1, 1) ??
        (first && noneOf(words, subject, first, ['use', 'ignore', 'reject', 'skip'], true))
      );
    case 'udp_session_tracking':
      return (
        wrongCount('proxyproto', option, args, 1, 2) ??
        (first && wrongDuration(words, subject, first)) ??
        (second && wrongNumber(words, subject, second, { min: 1 }))
      );
    default:
      return wrongCount('proxyproto', option, args, 0, 0);
  }
}
