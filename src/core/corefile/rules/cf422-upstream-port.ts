import { parseIp } from '../ipAddress.ts';
import { goInteger, portProblem, splitTransport } from '../serverKey.ts';
import { splitHostPort } from '../setup/goValues.ts';
import { type Rule, liveBlocks, replaceToken, shown, valueOf } from './rule.ts';

/** CoreDNS doesn't look at an upstream's port until it sends the first query. */
export const upstreamPort: Rule = {
  code: 'CF422',
  title: 'Upstream port is not a usable number',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { token } of block.forwards.flatMap(({ to }) => to)) {
        const value = valueOf(context, token) ?? '';
        const split = splitHostPort(splitTransport(value).rest);
        if (split === undefined || parseIp(split.host.replace(/%.*$/su, '')) === undefined) continue;
        const number = goInteger(split.port);
        // Go knows this name of a port by itself.
        if (split.port === 'domain' || (number !== undefined && portProblem(number) === undefined)) continue;
        const instead = split.port === 'dns' || split.port === '' ? '53' : undefined;
        const fixed = `${value.slice(0, value.length - split.port.length)}${instead ?? ''}`;
        yield {
          severity: 'warning',
          message: `CoreDNS starts with the port ${split.port === '' ? 'left empty' : shown(split.port)}, but no query gets through to it. Write a number from 1 to 65535`,
          at: token,
          fixes: instead === undefined ? [] : [{ title: 'Write port 53', edits: [replaceToken(token, fixed)] }],
        };
      }
    }
  },
};
