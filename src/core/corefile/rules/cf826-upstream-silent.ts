import { sameAddress } from '../addressRange.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

/** So few queries may be lost by chance. */
const ENOUGH = 3;

/** A trace saw queries to this server, and next to no answers. */
export const upstreamSilent: Rule = {
  code: 'CF826',
  title: 'Upstream gives no answer',
  *check(context) {
    const silent = (context.cluster?.unreachableUpstreams ?? []).filter(
      ({ queries, answered }) => queries >= ENOUGH && answered * 10 < queries,
    );
    if (silent.length === 0) return;
    for (const block of liveBlocks(context)) {
      for (const { token, target } of block.forwards.flatMap(({ to }) => to)) {
        if (!('address' in target)) continue;
        const found = silent.find(({ address, port }) => port === target.port && sameAddress(address, target.address));
        if (found === undefined) continue;
        yield {
          severity: 'warning',
          message: `In the trace, ${shown(target.address)} answered ${found.answered === 0 ? 'none' : found.answered} of ${found.queries} queries. Check the server and the way to it, or name another one`,
          at: token,
        };
      }
    }
  },
};
