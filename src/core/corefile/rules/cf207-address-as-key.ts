import { parseIp } from '../ipAddress.ts';
import { splitTransport } from '../serverKey.ts';
import type { CorefileKey } from '../tree.ts';
import type { ServerBlockModel } from '../model.ts';
import { type Finding, type Rule, type RuleContext, insertPlugin, liveBlocks, replaceToken, shown } from './rule.ts';

/** An address without a mask is a name like any other; it neither binds nor serves a reverse zone. */
export const addressAsKey: Rule = {
  code: 'CF207',
  title: 'Server key is an address',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const key of block.node.keys) {
        const finding = key.value === undefined ? undefined : judge(context, block, key, key.value);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

function judge(
  context: RuleContext,
  block: ServerBlockModel,
  { token }: CorefileKey,
  value: string,
): Finding | undefined {
  const { rest } = splitTransport(value);
  const [, bracketed, port = ''] = /^\[([^\]]*)\](:\d+)?$/u.exec(rest) ?? /^([\d.]+)(:\d+)?$/u.exec(rest) ?? [];
  const address = bracketed ?? rest;
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  const network = `${address}${ip.family === 4 ? '/32' : '/128'}`;
  // CoreDNS refuses IPv6 networks that begin so.
  const hasNetwork = ip.family === 4 || !/^[:0]/u.test(address);
  const bind = block.plugins.has('bind') ? undefined : insertPlugin(context, block, `bind ${address}`);
  const prefix = value.slice(0, value.length - rest.length);
  return {
    severity: 'warning',
    message: `A server key names a zone, so ${shown(address)} is read as a domain name${ip.family === 6 ? ' and a port' : ''} that nobody asks for. Write a zone and bind ${shown(address)}${hasNetwork ? `, or ${shown(network)} for its reverse zone` : ''}`,
    at: token,
    // Which of the two is meant nobody knows, so there are both or none.
    fixes:
      bind !== undefined && hasNetwork && token.file === '' && !token.quoted && token.text === value
        ? [
            { title: `Serve all names on ${address}`, edits: [replaceToken(token, `${prefix}.${port}`), bind] },
            { title: `Serve the reverse zone ${network}`, edits: [replaceToken(token, `${prefix}${network}${port}`)] },
          ]
        : [],
  };
}
