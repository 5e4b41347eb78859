import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseDuration, splitTransport, zonesOfArgument } from './goValues.ts';
import { type ForwardOptions, wrongForwardOption } from './forwardOptions.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, wrongCount } from './refuse.ts';
import { MAX_UPSTREAMS, readUpstreamWord, splitServerName, tooManyUpstreams } from './upstreamWord.ts';

/** plugin/forward/setup.go parseForward: the block is read before the upstreams, all stanzas before their number counts. */
export const forwardSetup: PluginSetup = (words) => {
  let surplus: CorefileToken | undefined;
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const from = words.nextArg();
    if (from === undefined) return wrongCount('forward', head, [], 2);
    if (zonesOfArgument(words.value).length === 0)
      return refuse('CF306', from, `forward can't read ${shownWord(words.value)} as a zone. Write "." or a zone name`);
    const to = words.remainingArgs();
    const few = wrongCount('forward', head, [from, ...to], 2);
    if (few !== undefined) return few;
    const options: ForwardOptions = {};
    for (const option of optionsOf(words)) {
      const refusal = wrongForwardOption(words, option, options);
      if (refusal !== undefined) return refusal;
    }
    const refusal = wrongTimes(words, options) ?? wrongUpstreams(words, to, options);
    if (refusal !== undefined) return refusal;
    // A file stands for the servers in it, maybe none.
    surplus ??= to.filter((token) => readUpstreamWord(words.valueOf(token)).kind !== 'file')[MAX_UPSTREAMS];
  }
  return surplus === undefined ? undefined : tooManyUpstreams('forward', surplus);
};

const DEFAULT_EXPIRE = 10_000_000_000n;

function wrongTimes(words: Dispenser, { maxAge, expire }: ForwardOptions): Refusal | undefined {
  if (maxAge === undefined) return undefined;
  const age = parseDuration(words.valueOf(maxAge)) ?? 0n;
  const limit = expire === undefined ? DEFAULT_EXPIRE : (parseDuration(words.valueOf(expire)) ?? 0n);
  if (age <= 0n || age >= limit) return undefined;
  const shownExpire = expire === undefined ? 'the 10s that expire has by itself' : `expire ${words.valueOf(expire)}`;
  const message = `max_age ${shownWord(words.valueOf(maxAge))} of forward is shorter than ${shownExpire}. Raise max_age or lower expire`;
  return refuse('CF420', maxAge, message);
}

function wrongUpstreams(
  words: Dispenser,
  to: readonly CorefileToken[],
  { serverName }: ForwardOptions,
): Refusal | undefined {
  const checks = [pathInHttps, notAnUpstream, unsupportedTransport] as const;
  for (const check of checks) {
    for (const token of to) {
      const refusal = check(token, words.valueOf(token));
      if (refusal !== undefined) return refusal;
    }
  }
  if (serverName === undefined) return undefined;
  const named = to.find((token) => namesItsServer(words.valueOf(token)));
  if (named === undefined) return undefined;
  const text = words.valueOf(named);
  const bare = text.slice(0, text.lastIndexOf('%')) + (/:\d*$/u.exec(text.slice(text.lastIndexOf('%')))?.[0] ?? '');
  const message = `${shownWord(text)} names its TLS server, and so does tls_servername of this forward. Keep one of the two`;
  return refuse('CF420', named, message, [
    { title: 'Remove the name here', edits: [{ start: named.start, end: named.end, newText: bare }] },
  ]);
}

function pathInHttps(token: CorefileToken, text: string): Refusal | undefined {
  const { transport, rest } = splitTransport(text);
  const slash = rest.indexOf('/');
  if (transport !== 'https' || slash === -1) return undefined;
  const bare = `https://${rest.slice(0, slash)}`;
  const message = `forward allows no path in an https upstream, it always asks /dns-query. Write ${shownWord(bare)}`;
  return refuse('CF420', token, message, [
    { title: 'Remove the path', edits: [{ start: token.start, end: token.end, newText: bare }] },
  ]);
}

function notAnUpstream(token: CorefileToken, text: string): Refusal | undefined {
  const { kind } = readUpstreamWord(text);
  if (kind !== 'empty' && kind !== 'neither') return undefined;
  if (!/^(?:grpc|https3):\/\/[^:/]/u.test(text)) {
    const message = `${shownWord(text)} is neither an address, a file nor a host name. Write a server such as 192.0.2.1`;
    return refuse('CF420', token, message);
  }
  return refused(token, text);
}

function unsupportedTransport(token: CorefileToken, text: string): Refusal | undefined {
  const upstream = readUpstreamWord(text);
  if (upstream.kind !== 'address') return undefined;
  // Without a port an https3 upstream is lost on the way and becomes an empty address, which passes.
  const passes = ['dns', 'tls', 'quic', 'https'].includes(upstream.transport);
  return passes || (upstream.transport === 'https3' && !upstream.hasPort) ? undefined : refused(token, text);
}

function refused(token: CorefileToken, text: string): Refusal {
  const { transport } = splitTransport(text);
  const hint = transport === 'grpc' ? 'Use the plugin grpc for it' : 'Use dns, tls, quic or https';
  return refuse('CF420', token, `forward can't send to ${transport}:// servers. ${hint}`);
}

/** `%NAME` counts for TLS and QUIC only. */
function namesItsServer(text: string): boolean {
  const upstream = readUpstreamWord(text);
  if (upstream.kind !== 'address' && upstream.kind !== 'name') return false;
  return ['tls', 'quic'].includes(upstream.transport) && splitServerName(text).serverName !== '';
}
