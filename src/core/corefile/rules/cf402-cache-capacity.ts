import type { Stanza } from '../stanza.ts';
import { addOptions, integerOf, optionNamed, optionRange, stanzasOf } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, replaceToken } from './rule.ts';

/** A cache has 256 parts of at least four entries (plugin/pkg/cache New). */
const PARTS = 256;
const SMALLEST = 1_024;
/** Seconds a cache keeps at most unless told otherwise (plugin/pkg/dnsutil). */
const SUCCESS_TTL = 3_600;
const DENIAL_TTL = 1_800;

/** Capacities the cache can't have, and denials it keeps longer than answers. */
export const cacheCapacity: Rule = {
  code: 'CF402',
  title: 'Cache size or denial time is not what it seems',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'cache')) {
      for (const name of ['success', 'denial']) yield* judgeCapacity(context, stanza, name);
      const finding = judgeTimes(context, stanza);
      if (finding !== undefined) yield finding;
    }
  },
};

function* judgeCapacity(context: RuleContext, stanza: Stanza, name: string): Iterable<Finding> {
  const token = optionNamed(context, stanza, name)?.args[0];
  const capacity = integerOf(context, token);
  if (token === undefined || capacity === undefined) return;
  const real = Math.max(Math.floor(capacity / PARTS) * PARTS, SMALLEST);
  if (real === capacity) return;
  const fixes = [{ title: `Write ${real}`, edits: [replaceToken(token, String(real))] }];
  if (capacity <= 0) {
    const message = `A capacity of ${capacity} doesn't switch the ${name} cache off: it holds ${SMALLEST} answers. Write disable ${name}, or the size`;
    yield { severity: 'warning', message, at: token, fixes };
  } else {
    const message = `The ${name} cache holds ${real} answers here: the size is a multiple of ${PARTS}, at least ${SMALLEST}. Write ${real}`;
    yield { severity: capacity < SMALLEST ? 'info' : 'hint', message, at: token, fixes };
  }
}

function judgeTimes(context: RuleContext, stanza: Stanza): Finding | undefined {
  const both = integerOf(context, stanza.args[0]);
  const [success, denial] = [optionNamed(context, stanza, 'success'), optionNamed(context, stanza, 'denial')];
  const successTtl = integerOf(context, success?.args[1]) ?? both ?? SUCCESS_TTL;
  const denialTtl = integerOf(context, denial?.args[1]) ?? both ?? DENIAL_TTL;
  if (denialTtl <= successTtl || success === undefined || stanza.uncertain) return undefined;
  if (denial?.args[1] !== undefined) {
    const message = `"No such name" is kept up to ${denialTtl} s, answers up to ${successTtl} s: a new name stays unknown longer than an old one stays. Lower the time of denial if that isn't meant`;
    return { severity: 'info', message, at: optionRange(denial) };
  }
  const message = `success limits answers to ${successTtl} s, but "no such name" is still kept up to ${denialTtl} s: a new name may stay unknown that long. Give denial a time, too`;
  const line = `denial 9984 ${successTtl}`;
  const fixes = denial === undefined ? addOptions(context, stanza, [line], `Add ${line}`) : [];
  return { severity: 'warning', message, at: optionRange(success), fixes };
}
