import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseBool, parseFloat, parseUint } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  braceAsArgument,
  noneOf,
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  unknownOption,
  wrongCount,
  wrongDuration,
  wrongNumber,
} from './refuse.ts';

const OPTIONAL = ['client_server', 'datadog_analytics_rate'];
const REQUIRED = ['every', 'service', 'zipkin_max_backlog_size', 'zipkin_max_batch_size', 'zipkin_max_batch_interval'];

/** plugin/trace/setup.go traceParse. */
export const traceSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const args = words.remainingArgs();
    const [type, endpoint] = args;
    const wrong =
      wrongCount('trace', name, args, 0, 2) ??
      (type && endpoint && noneOf(words, 'trace', type, ['zipkin', 'datadog'], true));
    if (wrong !== undefined) return wrong;
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const name = words.valueOf(option);
  const optional = OPTIONAL.includes(name);
  if (!optional && !REQUIRED.includes(name)) return unknownOption(words, 'trace', option);
  const args = words.remainingArgs();
  const [value] = args;
  const wrong = wrongCount('trace', option, args, optional ? 0 : 1, 1);
  if (wrong !== undefined || value === undefined) return wrong;
  const subject = subjectOf('trace', option);
  switch (name) {
    case 'every':
      return wrongNumber(words, subject, value, { read: (text) => parseUint(text, 64) });
    case 'client_server':
      return wrongBoolean(words, subject, value);
    case 'datadog_analytics_rate':
      return wrongRate(words, subject, value);
    case 'zipkin_max_batch_interval':
      return wrongDuration(words, subject, value);
    case 'service':
      return undefined;
    default:
      return wrongNumber(words, subject, value);
  }
}

function wrongBoolean(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (parseBool(text) !== undefined) return undefined;
  if (text === '}') return braceAsArgument(subject, token);
  return refuse('CF306', token, `${subject} takes true or false, ${shownWord(text)} is neither. Choose one`);
}

function wrongRate(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const rate = parseFloat(text);
  if (rate === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    return refuse('CF305', token, `${subject} needs a number, ${shownWord(text)} is none. Write one such as 0.5`);
  }
  // NaN passes CoreDNS's two comparisons.
  if (!(rate > 1 || rate < 0)) return undefined;
  return refuse('CF306', token, `${subject} must be 0 to 1, ${shownWord(text)} is not. Write a share such as 0.5`);
}
