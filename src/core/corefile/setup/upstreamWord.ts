import type { CorefileToken } from '../lexer.ts';
import { isDomainName, parseIp, splitHostPort, splitTransport, stripZone } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse } from './refuse.ts';

export const MAX_UPSTREAMS = 15;
export const POLICIES = ['random', 'round_robin', 'sequential'];

/** What a word behind FROM is to plugin/pkg/parse HostPortOrFile, and to plugin/forward parseAsHostEntry after it. */
export type UpstreamWord =
  | { readonly kind: 'empty' }
  /** `hasPort`: the word itself names one. */
  | { readonly kind: 'address'; readonly transport: string; readonly hasPort: boolean }
  /** A name that is looked up at start, unless there is a file called so. */
  | { readonly kind: 'name'; readonly transport: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'neither' };

const BY_NAME: readonly string[] = ['dns', 'tls', 'quic', 'https'];

export function readUpstreamWord(text: string): UpstreamWord {
  const { transport, rest } = splitTransport(text);
  if (rest === '') return { kind: 'empty' };
  if (transport === 'unix') return { kind: 'address', transport, hasPort: true };
  const split = splitHostPort(rest);
  const host = split?.host ?? rest.replace(/^[[\]]+|[[\]]+$/gu, '');
  if (parseIp(stripZone(host)) !== undefined) return { kind: 'address', transport, hasPort: split !== undefined };
  if (/[/\\]/u.test(rest)) return { kind: 'file' };
  const name = splitServerName(text).host;
  const bare = splitTransport(name).rest;
  const hostname = (splitHostPort(bare)?.host ?? bare).replace(/^[[\]]+|[[\]]+$/gu, '');
  const isName = BY_NAME.includes(transport) && isDomainName(hostname) && parseIp(hostname) === undefined;
  return isName ? { kind: 'name', transport } : { kind: 'neither' };
}

/** plugin/forward splitZone: `%NAME` at the end of an upstream is the TLS name of that server; a port may follow it. */
export function splitServerName(text: string): { readonly host: string; readonly serverName: string } {
  const scheme = /^(.*?):\/\//su.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const percent = rest.lastIndexOf('%');
  if (percent === -1) return { host: text, serverName: '' };
  const host = rest.slice(0, percent);
  const behind = rest.slice(percent + 1);
  const colon = behind.lastIndexOf(':');
  const bracketed = scheme + (host.startsWith('[') ? `${host}]` : host);
  if (colon === -1) return { host: bracketed, serverName: behind };
  return { host: bracketed + behind.slice(colon), serverName: behind.slice(0, colon).replace(/\]$/u, '') };
}

export function upstreamIsEmpty(text: string): boolean {
  return readUpstreamWord(text).kind === 'empty';
}

export function isCertainAddress(text: string): boolean {
  return readUpstreamWord(text).kind === 'address';
}

export function tooManyUpstreams(plugin: string, surplus: CorefileToken): Refusal {
  const message = `${plugin} takes at most ${MAX_UPSTREAMS} servers, this is one too many. Remove it and what follows it`;
  return refuse('CF420', surplus, message);
}
