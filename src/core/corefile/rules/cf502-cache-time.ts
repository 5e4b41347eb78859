import { integerOf, optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Finding, type Rule, replaceToken } from './rule.ts';

/** Seconds that answers about Services and pods, and any answers, may be kept beyond their own time. */
const CLUSTER_MINIMUM = 30;
const MINIMUM = 300;
/** What CoreDNS takes when no time is given. */
const USUAL = 3_600;

/** The largest time only cuts the answers' own; the smallest one overrules it. */
export const cacheTime: Rule = {
  code: 'CF502',
  title: 'Cache keeps answers for very long',
  *check(context) {
    for (const { block, stanza } of stanzasOf(context, 'cache')) {
      const limit = block.kubernetesZones.length > 0 ? CLUSTER_MINIMUM : MINIMUM;
      const options = ['success', 'denial'].map((name) => optionNamed(context, stanza, name));
      for (const token of options.map((option) => option?.args[2])) {
        const minimum = integerOf(context, token);
        if (token === undefined || minimum === undefined || minimum <= limit) continue;
        const names = block.kubernetesZones.length > 0 ? ', those of Services and pods, too' : '';
        yield {
          severity: 'warning',
          message: `The cache keeps every answer for at least ${minimum} s, whatever its own time is${names}. Write ${limit} or less`,
          at: token,
          fixes: [{ title: `Write ${limit}`, edits: [replaceToken(token, String(limit))] }],
        };
      }
      for (const token of [stanza.args[0], ...options.map((option) => option?.args[1])]) {
        const longest = integerOf(context, token);
        if (token === undefined || longest === undefined || longest <= USUAL) continue;
        const finding: Finding = {
          severity: 'info',
          message: `Answers whose own time is as long stay in the cache for up to ${longest} s, wrong ones as well. Write ${USUAL} or less`,
          at: token,
          fixes: [{ title: `Write ${USUAL}`, edits: [replaceToken(token, String(USUAL))] }],
        };
        yield finding;
      }
    }
  },
};
