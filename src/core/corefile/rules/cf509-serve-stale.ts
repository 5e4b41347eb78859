import { compareVersions } from '../pluginCatalogue.ts';
import { parseDuration, SECOND } from '../setup/goValues.ts';
import { optionNamed, optionRange, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

/** Since this release the wait can be limited. */
const TIMEOUT_SINCE = '1.14.4';
const DAY = 86_400n * SECOND;

/** Old answers instead of none: how old, and how long to wait before. */
export const serveStale: Rule = {
  code: 'CF509',
  title: 'serve_stale waits long or keeps old addresses long',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'cache')) {
      const option = optionNamed(context, stanza, 'serve_stale');
      const [age, mode, wait] = option?.args ?? [];
      if (option === undefined) continue;
      const duration = age === undefined ? undefined : parseDuration(valueOf(context, age) ?? '');
      if (age !== undefined && duration !== undefined && duration > DAY) {
        yield {
          severity: 'info',
          message: `Answers are given up to ${String(duration / (SECOND * 3_600n))} hours after their time when upstreams are down: addresses may be long gone. Write 24h or less`,
          at: age,
        };
      }
      const limited = wait !== undefined && parseDuration(valueOf(context, wait) ?? '1s') !== 0n;
      if (mode !== undefined && valueOf(context, mode)?.toLowerCase() === 'verify' && !limited) {
        const may = compareVersions(context.version, TIMEOUT_SINCE) >= 0;
        const insert = { start: mode.end, end: mode.end, newText: ' 100ms' };
        yield {
          severity: 'info',
          message: `With verify a client waits until the upstream has failed, seconds in all, before it gets the old answer. Write ${may ? 'verify 100ms' : 'immediate'}`,
          at: optionRange(option),
          fixes:
            may && wait === undefined && mode.file === '' ? [{ title: 'Wait 100ms at most', edits: [insert] }] : [],
        };
      }
    }
  },
};
