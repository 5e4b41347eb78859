import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { MINUTE, SECOND, parseDuration, parseInteger } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  braceAsArgument,
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  unknownOption,
  wrongCount,
  wrongNumber,
} from './refuse.ts';

const OPTIONS = ['read', 'write', 'idle', 'maxtcpqueries'];

/** plugin/timeouts/timeouts.go parseTimeouts: every stanza needs a block with at least one option. */
export const timeoutsSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const wrong = wrongCount('timeouts', name, words.remainingArgs(), 0, 0);
    if (wrong !== undefined) return wrong;
    let count = 0;
    for (const option of optionsOf(words)) {
      if (!OPTIONS.includes(words.valueOf(option))) return unknownOption(words, 'timeouts', option);
      const args = words.remainingArgs();
      const [value] = args;
      const refusal = wrongCount('timeouts', option, args, 1, 1) ?? (value && wrongValue(words, option, value));
      if (refusal !== undefined) return refusal;
      count += 1;
    }
    if (count === 0)
      return refuse(
        'CF304',
        name,
        'timeouts needs a block with at least one of read, write, idle, maxtcpqueries. Add one',
      );
  }
  return undefined;
};

function wrongValue(words: Dispenser, option: CorefileToken, token: CorefileToken): Refusal | undefined {
  const subject = subjectOf('timeouts', option);
  const text = words.valueOf(token);
  if (words.valueOf(option) === 'maxtcpqueries') {
    const number = wrongNumber(words, subject, token, { min: -1 });
    if (number !== undefined || parseInteger(text) !== 0) return number;
    return refuse('CF306', token, `${subject} can't be 0. Write -1 for no limit, or a positive number`);
  }
  // plugin/pkg/durations NewDurationFromArg: a bare integer counts seconds.
  const time = parseDuration(parseInteger(text) === undefined ? text : `${text}s`);
  if (time === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    return refuse(
      'CF305',
      token,
      `${subject} needs seconds or a time with a unit, ${shownWord(text)} is neither. Write one such as 30s`,
    );
  }
  if (time >= SECOND && time <= 24n * 60n * MINUTE) return undefined;
  return refuse('CF306', token, `${subject} must be 1s to 24h, ${shownWord(text)} is not. Write a time in between`);
}
