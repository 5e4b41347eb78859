/** Servers outside the cluster, in the words of the lab's upstreams. */
import { outsideNames, upstreamCorefile, type UpstreamBehaviour } from '../lab/upstreams.ts';
import { join } from 'node:path';
import { network, pkiDir } from '../lab/places.ts';

/** A second address outside; the lab's resolver has `network.healthyUpstream`. */
export const secondUpstream = network.storyUpstream;

/** Corefile of a server that answers the lab's outside names, but for these zones. */
export const serverLike = (address: string, zones: Readonly<Record<string, UpstreamBehaviour>> = {}): string =>
  upstreamCorefile({ name: '', address, zones: { ...outsideNames, ...zones } });

/** Corefile of a server that gives one kind of answer to everything. */
export const serverOf = (address: string, ...plugins: readonly string[]): string =>
  `.:53 {\n    bind ${address}\n${plugins.map((line) => `    ${line}\n`).join('')}}\n`;

/** Plugin lines that answer TXT with about this many bytes. */
export function largeTxt(bytes: number): string {
  const strings = Array.from(
    { length: Math.ceil(bytes / 100) },
    (_, index) => `\\"${String(index % 10).repeat(99)}\\"`,
  );
  return `template IN TXT . {\n answer "{{ .Name }} 5 IN TXT ${strings.join(' ')}"\n }`;
}

/** The same over TLS, with a certificate of the lab. */
export const tlsServer = (address: string, ...plugins: readonly string[]): string => {
  const own = `tls ${join(pkiDir, 'apiserver.crt')} ${join(pkiDir, 'apiserver.key')}`;
  return serverOf(address, own, ...plugins).replace('.:53', 'tls://.:853');
};
