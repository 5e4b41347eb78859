import type { ForwardModel } from '../model.ts';
import { parseIp } from '../ipAddress.ts';
import { optionNamed, optionRange } from './pluginStanzas.ts';
import { type Finding, type Fixes, type Rule, type RuleContext, liveBlocks, shown, valueOf } from './rule.ts';

const ENCRYPTED: ReadonlySet<string> = new Set(['tls', 'https', 'quic']);

/** Public resolvers whose certificates name their addresses. */
const CERTIFIED: ReadonlySet<string> = new Set([
  '1.1.1.1',
  '1.0.0.1',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  '8.8.8.8',
  '8.8.4.4',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '9.9.9.9',
  '149.112.112.112',
  '2620:fe::fe',
  '2620:fe::9',
]);

/** The name that a TLS upstream's certificate must hold is missing, or TLS is set up for upstreams that don't speak it. */
export const forwardTls: Rule = {
  code: 'CF419',
  title: 'TLS of forward does not fit its upstreams',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const forward of block.forwards) {
        if (forward.stanza.uncertain) continue;
        yield* nameMissing(context, forward);
        const finding = withoutEffect(context, forward);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

function* nameMissing(context: RuleContext, { stanza, to }: ForwardModel): Iterable<Finding> {
  // With a CA of one's own, certificates for addresses are usual.
  const own = optionNamed(context, stanza, 'tls')?.args.length ?? 0;
  if (own > 0 || optionNamed(context, stanza, 'tls_servername') !== undefined) return;
  for (const { token, target } of to) {
    if ('file' in target || !ENCRYPTED.has(target.transport) || target.serverName !== undefined) continue;
    if (parseIp(target.address) === undefined || CERTIFIED.has(target.address)) continue;
    yield {
      severity: 'warning',
      message: `The certificate of ${shown(target.address)} is checked against its address, which few certificates hold: then every query fails. Add tls_servername with the server's name`,
      at: token,
    };
    return;
  }
}

function withoutEffect(context: RuleContext, { stanza, to }: ForwardModel): Finding | undefined {
  const option = optionNamed(context, stanza, 'tls_servername') ?? optionNamed(context, stanza, 'tls');
  if (option === undefined || to.length === 0 || to.length !== stanza.args.length - 1) return undefined;
  if (to.some(({ target }) => 'address' in target && target.transport !== 'dns')) return undefined;
  const name = valueOf(context, option.name) ?? '';
  return {
    severity: 'warning',
    message: `${name} has no effect: no upstream here speaks TLS, so queries leave unencrypted. Write tls:// in front of the addresses, or remove ${name}`,
    at: optionRange(option),
    fixes: encrypt(context, to),
  };
}

function encrypt(context: RuleContext, to: ForwardModel['to']): Fixes {
  const bare = to.every(
    ({ token, target }) =>
      'address' in target &&
      token.file === '' &&
      parseIp(target.address) !== undefined &&
      (valueOf(context, token) === target.address || target.port === 853) &&
      !token.text.includes('://'),
  );
  if (!bare) return [];
  const edits = to.map(({ token }) => {
    const start = token.start + (token.quoted ? 1 : 0);
    return { start, end: start, newText: 'tls://' };
  });
  return [{ title: 'Write tls:// in front of the addresses', edits }];
}
