import { compareVersions } from '../pluginCatalogue.ts';
import { type Transport, splitTransport } from '../serverKey.ts';
import type { CorefileKey } from '../tree.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** Names by which people know CoreDNS's transports; what isn't listed has no counterpart. */
const MEANT: ReadonlyMap<string, Transport> = new Map([
  ['dns', 'dns'],
  ['udp', 'dns'],
  ['tcp', 'dns'],
  ['tls', 'tls'],
  ['dot', 'tls'],
  ['dns+tls', 'tls'],
  ['https', 'https'],
  ['doh', 'https'],
  ['http', 'https'],
  ['https3', 'https3'],
  ['doh3', 'https3'],
  ['h3', 'https3'],
  ['quic', 'quic'],
  ['doq', 'quic'],
  ['grpc', 'grpc'],
]);

const SINCE: Readonly<Partial<Record<Transport, string>>> = { https: '1.1.3', quic: '1.11.0', https3: '1.13.2' };

/** A scheme that CoreDNS doesn't know is part of the zone's name. */
export const scheme: Rule = {
  code: 'CF206',
  title: 'Scheme that CoreDNS does not know',
  *check(context) {
    for (const { node } of liveBlocks(context)) {
      for (const key of node.keys) {
        const finding = key.value === undefined ? undefined : judge(context, key, key.value);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

function judge({ version }: RuleContext, { token }: CorefileKey, value: string): Finding | undefined {
  const [, word, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]{0,20}):\/\/(.*)$/u.exec(value) ?? [];
  if (word === undefined) return undefined;
  const name = shown(value);
  const { transport, rest: behind } = splitTransport(value);
  if (transport === 'unix') {
    const message = `CoreDNS serves no unix:// key: it ends at once and says nothing. Write a zone with a transport that listens on a port`;
    return { severity: 'warning', message, at: token };
  }
  if (behind === value) {
    const meant = MEANT.get(word.toLowerCase());
    const advice =
      meant === undefined ? 'Write dns://, tls://, quic://, grpc://, https:// or https3://' : `Write ${meant}://`;
    const message = `CoreDNS doesn't know the scheme ${shown(word)}, so ${name} is the name of a zone that nobody asks for. ${advice}`;
    // The same word in lower case is certain; another word is a guess.
    const fixable = meant === word.toLowerCase() && token.file === '' && !token.quoted;
    const edit = { start: token.start, end: token.start + word.length, newText: word.toLowerCase() };
    return {
      severity: 'warning',
      message,
      at: token,
      fixes: fixable ? [{ title: `Write ${word.toLowerCase()}://`, edits: [edit] }] : [],
    };
  }
  const since = SINCE[transport];
  if (since !== undefined && compareVersions(version, since) < 0) {
    const message = `CoreDNS serves ${transport}:// since ${since}, this is ${version}: ${name} is the name of a zone that nobody asks for. Upgrade or remove it`;
    return { severity: 'warning', message, at: token };
  }
  if (!rest.startsWith('/')) return undefined;
  const message = `A zone has no slash: ${name} is the zone ${shown(rest)}, which nobody asks for. Write the zone right behind "://"`;
  return { severity: 'warning', message, at: token };
}
