import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { MINUTE, SECOND, parseDuration, parseInteger } from './goValues.ts';
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
  wrongNumber,
} from './refuse.ts';

/** plugin/cache/setup.go cacheParse. */
export const cacheSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const [first] = words.remainingArgs();
  // A word that is no number is a zone.
  if (first !== undefined && parseInteger(words.valueOf(first)) !== undefined) {
    const refusal = wrongNumber(words, 'The time of cache', first, { min: 1 });
    if (refusal !== undefined) return refusal;
  }
  let policy: CorefileToken | undefined;
  let stale = false;
  for (const option of optionsOf(words)) {
    const name = words.value;
    const again = name === 'serve_stale_policy' && policy !== undefined;
    if (again) return refuse('CF427', option, 'serve_stale_policy may stand only once in a cache block. Remove one');
    if (name === 'serve_stale_policy') policy = option;
    if (name === 'serve_stale') stale = true;
    const refusal = wrongOption(words, option, name);
    if (refusal !== undefined) return refusal;
  }
  if (policy !== undefined && !stale)
    return refuse('CF309', policy, 'serve_stale_policy needs serve_stale in the same block. Add it', [
      { title: 'Insert serve_stale', edits: [{ start: policy.start, end: policy.start, newText: 'serve_stale\n' }] },
    ]);
  const again = words.next();
  return again === undefined ? undefined : twice('cache', head, again);
};

function wrongOption(words: Dispenser, option: CorefileToken, name: string): Refusal | undefined {
  const args = words.remainingArgs();
  const subject = subjectOf('cache', option);
  switch (name) {
    case 'success':
    case 'denial':
      return wrongCount('cache', option, args, 1) ?? wrongCapacity(words, subject, args);
    case 'prefetch':
      return wrongCount('cache', option, args, 1, 3) ?? wrongPrefetch(words, subject, args);
    case 'serve_stale':
      return wrongCount('cache', option, args, 0, 5) ?? wrongServeStale(words, option, args);
    case 'serve_stale_policy':
      return (
        wrongCount('cache', option, args, 1, 1) ??
        each(args, (arg) => noneOf(words, subject, arg, ['prefer_positive'], true))
      );
    case 'servfail':
      return (
        wrongCount('cache', option, args, 1, 1) ??
        each(args, (arg) => wrongDuration(words, subject, arg, { min: 0n, max: 5n * MINUTE }))
      );
    case 'disable':
      return (
        wrongCount('cache', option, args, 1) ??
        each(args.slice(0, 1), (arg) => noneOf(words, subject, arg, ['success', 'denial']))
      );
    case 'keepttl':
      return wrongCount('cache', option, args, 0, 0);
    default:
      return unknownOption(words, 'cache', option);
  }
}

function each(
  args: readonly CorefileToken[],
  check: (arg: CorefileToken, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, arg] of args.entries()) {
    const refusal = check(arg, index);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** `CAPACITY [TTL [MINTTL]]`; words behind aren't read. */
function wrongCapacity(words: Dispenser, subject: string, args: readonly CorefileToken[]): Refusal | undefined {
  return each(args.slice(0, 3), (arg, index) =>
    wrongNumber(words, subject, arg, index === 0 ? {} : { min: index === 1 ? 1 : 0 }),
  );
}

/** `AMOUNT [DURATION [PERCENTAGE%]]`. */
function wrongPrefetch(words: Dispenser, subject: string, args: readonly CorefileToken[]): Refusal | undefined {
  return each(args, (arg, index) => {
    if (index === 0) return wrongNumber(words, subject, arg, { min: 0 });
    if (index === 1) return wrongDuration(words, subject, arg);
    const text = words.valueOf(arg);
    const percent = text.endsWith('%') ? parseInteger(text.slice(0, -1)) : undefined;
    if (percent !== undefined && percent >= 10 && percent <= 90) return undefined;
    return refuse(
      'CF306',
      arg,
      `${subject} needs a share of 10% to 90%, ${shownWord(text)} is none. Write one such as 10%`,
    );
  });
}

/** `[DURATION [MODE [VERIFY_TIMEOUT] [TTL [RECHECK]]]]`: the timeout stands only behind `verify`. */
function wrongServeStale(words: Dispenser, option: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const subject = subjectOf('cache', option);
  const mode = args[1] === undefined ? '' : words.valueOf(args[1]).toLowerCase();
  return each(args, (arg, index) => {
    if (index === 0) return wrongDuration(words, subject, arg, { min: 0n });
    if (index === 1) return noneOf(words, subject, arg, ['immediate', 'verify'], true);
    const role = mode === 'verify' ? index : index + 1;
    if (role === 3 && mode !== 'verify' && args.length > 4) return wrongCount('cache', option, args, 0, 4);
    if (role === 2) return wrongDuration(words, subject, arg, { min: 0n });
    if (role === 4) return wrongDuration(words, subject, arg, { min: 0n, max: 5n * MINUTE });
    return (
      wrongDuration(words, subject, arg, { min: 0n, max: 4_294_967_295n * SECOND }) ??
      ((parseDuration(words.valueOf(arg)) ?? 0n) % SECOND === 0n
        ? undefined
        : refuse(
            'CF306',
            arg,
            `${subject} needs whole seconds here, ${shownWord(words.valueOf(arg))} has a fraction. Round it`,
          ))
    );
  });
}
