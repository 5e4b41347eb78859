import type { CorefileToken } from '../lexer.ts';
import { type Transport, defaultPort } from '../serverKey.ts';
import { listenAddresses } from './keyOverlap.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

const TCP: ReadonlySet<Transport> = new Set(['dns', 'tls', 'grpc', 'https']);
const UDP: ReadonlySet<Transport> = new Set(['dns', 'quic', 'https3']);

/** Two servers on one port: CoreDNS opens both, and the kernel gives connections to one or the other by chance. */
export const transportsOnOnePort: Rule = {
  code: 'CF203',
  title: 'Two transports share a port',
  *check(context) {
    /** Who listens, by protocol, port and address; under the address `*` whoever listens on the port at all. */
    const listeners = new Map<string, { readonly transport: Transport; readonly token: CorefileToken }>();
    for (const block of liveBlocks(context)) {
      const addresses = listenAddresses(context, block);
      if (addresses === undefined) continue;
      for (const { token, key } of block.keys) {
        if (key === undefined || key.transport === 'unix') continue;
        const { transport, port } = key;
        const protocols = [TCP.has(transport) ? 'TCP' : '', UDP.has(transport) ? 'UDP' : ''].filter(
          (name) => name !== '',
        );
        let other:
          { readonly transport: Transport; readonly token: CorefileToken; readonly protocol: string } | undefined;
        for (const protocol of protocols) {
          for (const address of addresses) {
            const slots = address === '' ? ['*'] : [address, ''];
            const found = slots
              .map((slot) => listeners.get(`${protocol} ${port} ${slot}`))
              .find((listener) => listener !== undefined && listener.transport !== transport);
            if (found !== undefined) other ??= { ...found, protocol };
            for (const slot of [address, '*']) {
              const place = `${protocol} ${port} ${slot}`;
              if (!listeners.has(place)) listeners.set(place, { transport, token });
            }
          }
        }
        if (other === undefined) continue;
        const usual = String(defaultPort(transport)) === port ? '' : `, the usual one is ${defaultPort(transport)}`;
        yield {
          severity: 'warning',
          message: `${other.protocol} port ${shown(port)} is open for ${other.transport}:// too: each connection goes to one of the two by chance. Use another port${usual}`,
          at: token,
          mentions: [{ at: other.token, message: `Opened for ${other.transport}:// here` }],
        };
      }
    }
  },
};
