import { type Rule, liveBlocks } from './rule.ts';

/** Two blocks open the same health endpoint; the operating system lets both, so nobody hears of it. */
export const healthTwice: Rule = {
  code: 'CF608',
  title: 'health listens twice on one port',
  *check(context) {
    const first = new Map<string, number>();
    for (const { health } of liveBlocks(context)) {
      if (health?.port === undefined) continue;
      const { host, port, token } = health;
      const address = `${host}:${port}`;
      const line = first.get(address);
      if (line === undefined) first.set(address, token.line);
      else
        yield {
          severity: 'warning',
          message: `health already listens on port ${port} since line ${line}: probes reach one of the two by chance, and each waits out its own lameduck time. One health serves the whole process: remove this one`,
          at: token,
        };
    }
  },
};
