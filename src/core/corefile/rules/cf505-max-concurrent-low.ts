import { optionNamed } from './pluginStanzas.ts';
import { type Rule, liveBlocks, replaceToken } from './rule.ts';

/** Below it one slow upstream is enough: at 50 ms an answer 100 waiting queries are 2,000 a second, at 2 s they are 50. */
const LOW = 100;

/** Queries above the limit are refused (issue 4326). */
export const maxConcurrentLow: Rule = {
  code: 'CF505',
  title: 'max_concurrent is low',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { maxConcurrent, stanza } of block.forwards) {
        const token = optionNamed(context, stanza, 'max_concurrent')?.args[0];
        if (token === undefined || maxConcurrent === undefined || maxConcurrent < 1 || maxConcurrent >= LOW) continue;
        yield {
          severity: 'info',
          message: `With ${maxConcurrent} queries waiting for an answer, all others get REFUSED: one slow upstream is enough. Write queries per second times seconds per answer, 1000 as kubeadm does`,
          at: token,
          fixes: [{ title: 'Write 1000', edits: [replaceToken(token, '1000')] }],
        };
      }
    }
  },
};
