import type { CorefileToken } from '../lexer.ts';
import { type Rule, liveBlocks } from './rule.ts';

/** Two blocks open the same health endpoint; the operating system lets both, so nobody hears of it. */
export const healthTwice: Rule = {
  code: 'CF608',
  title: 'health listens twice on one port',
  *check(context) {
    const first = new Map<string, CorefileToken>();
    for (const { health } of liveBlocks(context)) {
      if (health?.port === undefined) continue;
      const { host, port, token } = health;
      const address = `${host}:${port}`;
      const earlier = first.get(address);
      if (earlier === undefined) first.set(address, token);
      else
        yield {
          severity: 'warning',
          message: `health already listens on port ${port}: probes reach one of the two by chance, and each waits out its own lameduck time. One health serves the whole process: remove this one`,
          at: token,
          mentions: [{ at: earlier, message: 'Listens already' }],
        };
    }
  },
};
