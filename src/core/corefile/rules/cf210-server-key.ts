import type { ServerBlockModel } from '../model.ts';
import type { CorefileKey } from '../tree.ts';
import { type ServerKeyResult, parseServerKey, portProblem } from '../serverKey.ts';
import { type Finding, type Rule, liveBlocks, replaceToken, shown } from './rule.ts';

/** A server key whose port or zone CoreDNS can't use. */
export const serverKey: Rule = {
  code: 'CF210',
  title: 'Server key has no usable zone or port',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const [index, key] of block.node.keys.entries()) {
        if (key.value === undefined) continue;
        const read = block.keys[index]?.key;
        const result: ServerKeyResult = read === undefined ? parseServerKey(key.value) : { ok: true, key: read };
        const finding = judge(key, key.value, result);
        if (finding === undefined) continue;
        // `bind` with `except` may leave no address to listen on: then CoreDNS never tries the port.
        yield finding.severity === 'error' && result.ok && hasExceptions(block)
          ? { ...finding, severity: 'warning' }
          : finding;
      }
    }
  },
};

function hasExceptions({ plugins }: ServerBlockModel): boolean {
  return (plugins.get('bind') ?? []).some(({ options }) => options.length > 0);
}

function judge(key: CorefileKey, value: string, result: ServerKeyResult): Finding | undefined {
  const at = key.token;
  const name = shown(value);
  if (result.ok) {
    const { port, transport } = result.key;
    if (transport === 'unix') return undefined;
    const problem = portProblem(port);
    if (problem === undefined) return undefined;
    if (problem === 'zero') {
      const message = `Port 0 in ${name} makes CoreDNS listen on a random port. Write a number from 1 to 65535`;
      return { severity: 'warning', message, at };
    }
    const message = `Port ${shown(port)} in ${name} is outside 1 to 65535, CoreDNS can't listen on it. Correct it`;
    return { severity: 'error', message, at };
  }
  const { problem } = result;
  switch (problem.kind) {
    case 'port-missing': {
      const message = `${name} ends in a colon without a port, CoreDNS refuses it. Add the port or remove the colon`;
      return { severity: 'error', message, at };
    }
    case 'zone-missing': {
      const message = `${name === '' ? 'This key' : name} names no zone, CoreDNS refuses it. Write .${name} to serve all names`;
      const fixable = /^:\d+$/u.test(value) && !key.token.quoted && !key.commaAfter;
      const fixes = fixable ? [{ title: `Write .${value}`, edits: [replaceToken(key.token, `.${value}`)] }] : [];
      return { severity: 'error', message, at, fixes };
    }
    case 'zone-invalid': {
      const message = `${name} is not a domain name (empty label, or one longer than 63 octets), CoreDNS refuses it. Correct it`;
      return { severity: 'error', message, at };
    }
    case 'zone-too-long':
      return { severity: 'error', message: `${name} is longer than 255 octets, CoreDNS refuses it. Shorten it`, at };
    case 'cidr-invalid': {
      const message = `CoreDNS refuses IPv6 networks that begin with ":" or "0" such as ${name}. Write the ip6.arpa zone instead`;
      return { severity: 'error', message, at };
    }
  }
}
