import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { braceAsArgument, optionsOf, refuse, shownWord, subjectOf, unknownOption, wrongCount } from './refuse.ts';
import { secondsOrDuration } from './timeouts.ts';

/** plugin/route53/setup.go setup, up to where it asks the network. Options that read one word leave the rest of the line. */
export const route53Setup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const seen = new Set<string>();
    for (const token of words.remainingArgs()) {
      const refusal = wrongZone(words, token, seen);
      if (refusal !== undefined) return refusal;
    }
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongZone(words: Dispenser, token: CorefileToken, seen: Set<string>): Refusal | undefined {
  const text = words.valueOf(token);
  if (!/^[^:]+:./su.test(text)) {
    if (text === '}') return braceAsArgument('route53', token);
    const message = `route53 needs zones as NAME:HOSTED-ZONE-ID, ${shownWord(text)} is none. Write one such as example.org.:Z1Z2Z3Z4DZ5Z6Z7`;
    return refuse('CF306', token, message);
  }
  if (seen.has(text)) return refuse('CF427', token, `route53 has the zone ${shownWord(text)} already. Remove one`);
  seen.add(text);
  return undefined;
}

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.valueOf(option)) {
    case 'aws_access_key':
      return wrongCount('route53', option, words.remainingArgs(), 2);
    case 'aws_endpoint':
      return words.nextArg() === undefined ? wrongCount('route53', option, [], 1, 1) : undefined;
    case 'upstream':
    case 'fallthrough':
      words.remainingArgs();
      return undefined;
    case 'credentials':
      if (words.nextArg() === undefined) return wrongCount('route53', option, [], 1, 2);
      words.nextArg();
      return undefined;
    case 'refresh': {
      const time = words.nextArg();
      return time === undefined ? wrongCount('route53', option, [], 1, 1) : wrongRefresh(words, option, time);
    }
    default:
      return unknownOption(words, 'route53', option);
  }
}

function wrongRefresh(words: Dispenser, option: CorefileToken, token: CorefileToken): Refusal | undefined {
  const subject = subjectOf('route53', option);
  const text = words.valueOf(token);
  const time = secondsOrDuration(text);
  if (time === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    const message = `${subject} needs seconds or a time with a unit, ${shownWord(text)} is neither. Write one such as 1m`;
    return refuse('CF305', token, message);
  }
  if (time > 0n) return undefined;
  return refuse('CF306', token, `${subject} must be longer than 0, ${shownWord(text)} is not. Write a longer time`);
}
