/**
 * Which plugins of a server block answer from data of their own, and for which zones: what tells an answer of CoreDNS's own from one
 * out of its cache (docs/correlation.md, R4). `kubernetes` stands in the model already.
 * Source: each plugin's setup.go in CoreDNS 1.15; zones are those of the block where the plugin names none.
 */
import { parseIp } from './ipAddress.ts';
import type { ServerBlockModel } from './model.ts';
import { zonesOfArgument } from './serverKey.ts';
import type { Stanza } from './stanza.ts';

/** Position of the first zone among the arguments; `undefined` where arguments are something else. */
const FIRST_ZONE: Readonly<Record<string, number | undefined>> = {
  auto: 0,
  azure: undefined,
  clouddns: undefined,
  erratic: undefined,
  etcd: 0,
  file: 1,
  hosts: 1,
  k8s_external: 0,
  nomad: 0,
  route53: undefined,
  secondary: 0,
  template: 2,
  whoami: undefined,
};

/** Plugins that answer nothing themselves but errors and nothing at all, or pass the question on. */
const SILENT: ReadonlySet<string> = new Set(
  (
    'acl autopath bind bufsize cache cancel debug dns64 dnssec dnstap errors forward geoip grpc header health https https3 import ' +
    'kubernetes loadbalance log loop metadata minimal multisocket nsid pprof prometheus quic ready reload rewrite root shed sign ' +
    'timeouts tls trace tsig view'
  ).split(' '),
);

export interface OwnPlugin {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  /** Absolute, lower case; of `hosts` without a file, the names it lists. */
  readonly zones: readonly string[];
}

export function ownPlugins({ plugins, zones }: ServerBlockModel): readonly OwnPlugin[] {
  return [...plugins].flatMap(([name, stanzas]) =>
    Object.hasOwn(FIRST_ZONE, name)
      ? stanzas.map((stanza) => ({ name, line: stanza.name.line, zones: zonesOf(name, stanza, zones) }))
      : [],
  );
}

/** Whether something in the block may answer that we don't know: a plugin from elsewhere, an import that is not there. */
export function isIncomplete({ plugins, incomplete }: ServerBlockModel): boolean {
  return incomplete || [...plugins.keys()].some((name) => !SILENT.has(name) && !Object.hasOwn(FIRST_ZONE, name));
}

/** Rules of `rewrite` that leave the question as it is. */
const ANSWER_RULES: ReadonlySet<string> = new Set(['edns0', 'rcode', 'ttl']);
const PATTERNS: ReadonlySet<string> = new Set(['prefix', 'substring', 'suffix', 'regex']);

/** For which names the block may answer another question than was asked; a rule by pattern may be meant for any. */
export function rewrittenZones({ plugins, zones }: ServerBlockModel): readonly string[] {
  const rules = (plugins.get('rewrite') ?? []).flatMap(({ args }) => {
    const words = args.map(({ text }) => text).filter((text, at) => at > 0 || (text !== 'stop' && text !== 'continue'));
    if (ANSWER_RULES.has(words[0] ?? '')) return [];
    const [from] = words[1] === 'exact' ? words.slice(2) : words.slice(1);
    return words[0] !== 'name' || from === undefined || PATTERNS.has(from) ? ['.'] : zonesOfArgument(from);
  });
  return plugins.has('autopath') ? [...rules, ...zones] : rules;
}

function zonesOf(name: string, stanza: Stanza, blockZones: readonly string[]): readonly string[] {
  if (name === 'hosts' && stanza.args.length === 0) {
    const passesOn = stanza.options.some((option) => option.name.text === 'fallthrough');
    if (passesOn) return listedNames(stanza);
  }
  const first = FIRST_ZONE[name];
  const written = first === undefined ? [] : stanza.args.slice(first).flatMap(({ text }) => zonesOfArgument(text));
  return written.length > 0 ? written : blockZones;
}

/** Without a file it reads /etc/hosts too, which holds the pod's own names. */
function listedNames({ options }: Stanza): readonly string[] {
  return options.flatMap(({ name, args }) =>
    parseIp(name.text) === undefined ? [] : args.flatMap(({ text }) => zonesOfArgument(text)),
  );
}
