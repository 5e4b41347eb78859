import type { Transport } from '../serverKey.ts';
import { transportGap } from './outOfRelease.ts';
import { type Rule, liveBlocks } from './rule.ts';

const PLAINTEXT: ReadonlySet<Transport> = new Set(['tls', 'https', 'grpc']);
const REFUSED: ReadonlySet<Transport> = new Set(['quic', 'https3']);

/** An encrypted transport without a certificate: CoreDNS serves it in plain text, or doesn't start. */
export const tlsMissing: Rule = {
  code: 'CF212',
  title: 'Encrypted transport without tls',
  *check(context) {
    for (const block of liveBlocks(context)) {
      if (block.incomplete || block.plugins.has('tls')) continue;
      for (const { token, key } of block.keys) {
        if (key === undefined) continue;
        const { transport } = key;
        // In a release without it the key is only a name: CF904 tells.
        if (transportGap(context, transport) !== undefined) continue;
        if (REFUSED.has(transport)) {
          yield {
            severity: 'error',
            message: `${transport}:// needs a certificate, CoreDNS stops without one. Add tls CERT KEY to the block`,
            at: token,
          };
        } else if (PLAINTEXT.has(transport)) {
          yield {
            severity: 'warning',
            message: `Without the tls plugin ${transport}:// is served unencrypted, and clients that expect TLS fail. Add tls CERT KEY to the block`,
            at: token,
          };
        }
      }
    }
  },
};
