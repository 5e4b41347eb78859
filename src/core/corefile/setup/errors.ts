import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  noneOf,
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  twice,
  unknownOption,
  wrongCount,
  wrongDuration,
} from './refuse.ts';
import { MAX_REGEXP_LENGTH, wrongRegexp } from './wrongRegexp.ts';

const LEVELS = ['warning', 'error', 'info', 'debug'];

/** plugin/errors/setup.go errorsParse. */
export const errorsSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const args = words.remainingArgs();
  const [target] = args;
  const refusal = wrongCount('errors', head, args, 0, 1) ?? wrongTarget(words, target);
  if (refusal !== undefined) return refusal;
  for (const option of optionsOf(words)) {
    if (words.value === 'stacktrace') continue;
    if (words.value !== 'consolidate') return unknownOption(words, 'errors', option);
    const wrong = wrongConsolidate(words, option, words.remainingArgs());
    if (wrong !== undefined) return wrong;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('errors', head, again);
};

function wrongTarget(words: Dispenser, target: CorefileToken | undefined): Refusal | undefined {
  const text = target === undefined ? 'stdout' : words.valueOf(target);
  if (target === undefined || text === 'stdout') return undefined;
  return refuse('CF306', target, `errors writes to stdout only, ${shownWord(text)} is no place for it. Remove it`, [
    { title: `Remove ${shownWord(text)}`, edits: [{ start: target.start, end: target.end, newText: '' }] },
  ]);
}

/** `DURATION REGEXP [LEVEL] [show_first]`. */
function wrongConsolidate(
  words: Dispenser,
  option: CorefileToken,
  args: readonly CorefileToken[],
): Refusal | undefined {
  const subject = subjectOf('errors', option);
  const [time, pattern] = args;
  const refusal =
    wrongCount('errors', option, args, 2, 4) ??
    (time === undefined ? undefined : wrongDuration(words, subject, time)) ??
    (pattern === undefined ? undefined : wrongRegexp(words, subject, pattern, MAX_REGEXP_LENGTH));
  if (refusal !== undefined) return refusal;
  let level = false;
  let first = false;
  for (const arg of args.slice(2)) {
    const text = words.valueOf(arg);
    if (text === 'show_first') first = true;
    else if (!LEVELS.includes(text)) return noneOf(words, subject, arg, [...LEVELS, 'show_first']);
    else if (level) return refuse('CF427', arg, `${subject} takes one log level, ${text} is a second. Remove one`);
    else if (first) return refuse('CF427', arg, `${subject} wants the log level before show_first. Swap the two`);
    else level = true;
  }
  return undefined;
}
