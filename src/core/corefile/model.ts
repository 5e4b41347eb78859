/**
 * What a Corefile means: server blocks with the zones they serve, and the plugins the rest of the product asks about.
 * Built on the expanded tree, so that snippets (and files, where a resolver knows them) count where they are imported.
 */
import { type Environment, expandEnvironment } from './environment.ts';
import { parseIp } from './ipAddress.ts';
import type { CorefileToken } from './lexer.ts';
import { type ImportResolver, parseCorefile } from './parser.ts';
import {
  type ServerKey,
  defaultPort,
  goInteger,
  parseServerKey,
  splitTransport,
  zonesOfArgument,
} from './serverKey.ts';
import { splitHostPort } from './setup/goValues.ts';
import { type Stanza, readStanzas } from './stanza.ts';
import type { Corefile, CorefileServerBlock } from './tree.ts';

export interface ReadCorefileOptions {
  /** What `-dns.port` sets; 53 unless given. */
  readonly dnsPort?: number;
  /** Values of environment variables; one that isn't here is unknown, and so is what depends on it. */
  readonly environment?: Environment;
  readonly resolveImport?: ImportResolver;
  /** The text is what stands between the braces of one server block (a file imported there). */
  readonly fragment?: boolean;
}

export interface CorefileModel {
  readonly corefile: Corefile;
  readonly environment: Environment | undefined;
  readonly blocks: readonly ServerBlockModel[];
}

export interface BlockKey {
  readonly token: CorefileToken;
  /** `undefined` when CoreDNS refuses the key or an unknown variable decides. */
  readonly key: ServerKey | undefined;
}

export interface ServerBlockModel {
  readonly node: CorefileServerBlock;
  readonly keys: readonly BlockKey[];
  /** Zones of all readable keys, normalised, in order, without repeats. */
  readonly zones: readonly string[];
  /** Stanzas by plugin name. A plugin whose name depends on an unknown variable is left out. */
  readonly plugins: ReadonlyMap<string, readonly Stanza[]>;
  /** All words of a plugin in this block, in file order, as its setup gets them. */
  readonly words: ReadonlyMap<string, readonly CorefileToken[]>;
  /** True when an unknown import may add plugins: then the absence of one proves nothing. */
  readonly incomplete: boolean;
  readonly forwards: readonly ForwardModel[];
  /** Zones of the kubernetes plugin; empty without one. */
  readonly kubernetesZones: readonly string[];
  readonly ready: EndpointModel | undefined;
  readonly health: EndpointModel | undefined;
  readonly prometheus: EndpointModel | undefined;
}

/** An address a plugin listens on. `host` is empty for all addresses; `port` is undefined when the text has none. */
export interface EndpointModel {
  readonly host: string;
  readonly port: number | undefined;
  readonly token: CorefileToken;
}

export type UpstreamTarget =
  | { readonly address: string; readonly port: number; readonly transport: string; readonly serverName?: string }
  | { readonly file: string };

export interface ForwardModel {
  readonly stanza: Stanza;
  /** Normalised zone. */
  readonly from: string;
  readonly to: readonly { readonly token: CorefileToken; readonly target: UpstreamTarget }[];
  readonly policy: string;
  readonly maxConcurrent: number | undefined;
  readonly forceTcp: boolean;
  readonly preferUdp: boolean;
  readonly except: readonly string[];
}

export interface Upstream {
  readonly from: string;
  readonly to: UpstreamTarget;
  /** 1-based line of the address in the text. */
  readonly line: number;
}

export function readCorefile(text: string, options: ReadCorefileOptions = {}): CorefileModel {
  const { environment, resolveImport } = options;
  const corefile = parseCorefile(text, {
    expand: true,
    fragment: options.fragment ?? false,
    ...(environment === undefined ? {} : { environment }),
    ...(resolveImport === undefined ? {} : { resolveImport }),
  });
  const blocks: ServerBlockModel[] = [];
  for (const item of corefile.items) {
    if (item.kind === 'server') blocks.push(readBlock(item, options));
  }
  return { corefile, environment, blocks };
}

/** Every upstream that some `forward` names, in file order. Addresses that depend on unknown variables are left out. */
export function upstreamsOf(model: CorefileModel): readonly Upstream[] {
  return model.blocks.flatMap((block) =>
    block.forwards.flatMap(({ from, to }) => to.map(({ token, target }) => ({ from, to: target, line: token.line }))),
  );
}

function readBlock(node: CorefileServerBlock, options: ReadCorefileOptions): ServerBlockModel {
  const keys = node.keys.map(({ token, value }): BlockKey => {
    const result = value === undefined ? undefined : parseServerKey(value, options.dnsPort);
    return { token, key: result?.ok === true ? result.key : undefined };
  });
  const words = readWords(node);
  const plugins = new Map([...words].map(([name, tokens]) => [name, readStanzas(tokens)]));
  const zones = [...new Set(keys.flatMap(({ key }) => key?.zones ?? []))];
  const known = (token: CorefileToken): string | undefined => expandEnvironment(token.text, options.environment);
  return {
    node,
    keys,
    zones,
    plugins,
    words,
    incomplete: node.incomplete,
    forwards: (plugins.get('forward') ?? []).flatMap((stanza) => readForward(stanza, known)),
    kubernetesZones: kubernetesZones(plugins.get('kubernetes')?.[0], zones, known),
    ready: endpoint(plugins.get('ready')?.[0], '', 8181, known),
    health: endpoint(plugins.get('health')?.[0], '', 8080, known),
    prometheus: endpoint(plugins.get('prometheus')?.[0], 'localhost', 9153, known),
  };
}

function readWords(node: CorefileServerBlock): ReadonlyMap<string, readonly CorefileToken[]> {
  const words = new Map<string, CorefileToken[]>();
  for (const item of node.body) {
    if (item.kind !== 'directive' || item.value === undefined) continue;
    const known = words.get(item.value);
    if (known === undefined) words.set(item.value, [...item.tokens]);
    else for (const token of item.tokens) known.push(token);
  }
  return words;
}

type Known = (token: CorefileToken) => string | undefined;

function kubernetesZones(stanza: Stanza | undefined, blockZones: readonly string[], known: Known): readonly string[] {
  if (stanza === undefined) return [];
  if (stanza.args.length === 0) return blockZones;
  return stanza.args.flatMap((token) => zonesOfArgument(known(token) ?? ''));
}

function endpoint(stanza: Stanza | undefined, host: string, port: number, known: Known): EndpointModel | undefined {
  if (stanza === undefined) return undefined;
  const token = stanza.args[0];
  if (token === undefined) return { host, port, token: stanza.name };
  const split = splitHostPort(known(token) ?? '');
  const value = split?.port === undefined ? undefined : goInteger(split.port);
  return { host: split?.host ?? '', port: value === undefined ? undefined : Number(value), token };
}

function readForward(stanza: Stanza, known: Known): readonly ForwardModel[] {
  const [fromToken, ...toTokens] = stanza.args;
  const from = fromToken === undefined ? undefined : zonesOfArgument(known(fromToken) ?? '')[0];
  if (from === undefined) return [];
  const to = toTokens.flatMap((token) => {
    const text = known(token);
    return text === undefined ? [] : [{ token, target: parseUpstream(text) }];
  });
  const option = (name: string): readonly CorefileToken[] | undefined =>
    stanza.options.findLast((candidate) => candidate.name.text === name)?.args;
  const concurrent = option('max_concurrent')?.[0];
  const maxConcurrent = concurrent === undefined ? undefined : goInteger(known(concurrent) ?? '');
  const policy = option('policy')?.[0];
  return [
    {
      stanza,
      from,
      to,
      policy: (policy === undefined ? undefined : known(policy)) ?? 'random',
      maxConcurrent: maxConcurrent === undefined ? undefined : Number(maxConcurrent),
      forceTcp: option('force_tcp') !== undefined,
      preferUdp: option('prefer_udp') !== undefined,
      except: stanza.options.flatMap(({ name, args }) =>
        name.text === 'except' ? args.flatMap((token) => zonesOfArgument(known(token) ?? '')) : [],
      ),
    },
  ];
}

/**
 * An upstream of `forward`: an address, a host name (since 1.14.4), or a file in resolv.conf form. CoreDNS takes what is no
 * address for a file first; without a file system we take an absolute or relative path for one and the rest for names.
 */
export function parseUpstream(text: string): UpstreamTarget {
  const { transport, rest: whole } = splitTransport(text);
  const { host: rest, serverName } = splitServerName(whole);
  const split = splitHostPort(rest);
  const address = split?.host ?? rest.replace(/^\[+|\]+$/gu, '');
  const port = split?.port === undefined ? undefined : goInteger(split.port);
  const isAddress = parseIp(address) !== undefined;
  if (!isAddress && (transport === 'dns' || address === '') && /[/\\]/u.test(rest)) return { file: rest };
  return {
    address,
    port: port === undefined ? defaultPort(transport) : Number(port),
    transport,
    ...(serverName === undefined ? {} : { serverName }),
  };
}

/** `IP%NAME` names the TLS server of one upstream; with a port the name stands before it (`IP%NAME:853`). */
function splitServerName(text: string): { readonly host: string; readonly serverName: string | undefined } {
  const percent = text.lastIndexOf('%');
  if (percent === -1) return { host: text, serverName: undefined };
  const behind = text.slice(percent + 1);
  const colon = behind.lastIndexOf(':');
  const head = text.slice(0, percent);
  const host = head.startsWith('[') && !head.endsWith(']') ? `${head}]` : head;
  if (colon === -1) return { host, serverName: behind.replace(/\]$/u, '') };
  return { host: host + behind.slice(colon), serverName: behind.slice(0, colon).replace(/\]$/u, '') };
}
