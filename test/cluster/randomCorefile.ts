/** Corefiles from chance: written by grammar, or an existing one damaged in a few places. */
import { PLUGIN_GRAMMARS, type PluginGrammar, VALUE_KINDS } from './corefileGrammar.ts';

/** Numbers from a seed (mulberry32), so that a failure can be run again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  }
}

/** Server keys that stand now and then where a plain zone would; most of them CoreDNS reads in an own way. */
const KEYS =
  '. .:53 a.org a.org:53 b.org. tls://c.org:1853 10.0.0.0/23 10.0.0.0/24 0.0.10.in-addr.arpa 2001:db8::/33 .:1053 :53 a.org: .:99999 d.org, (s) {$ZONE} {$ZONE}:{$PORT} a..b 2001:db8::1 .:+53 .:-1 x#y { }'.split(
    ' ',
  );
const WORDS =
  '. a.org 1 5 30 30s 1h 127.0.0.1 127.0.0.1:99 :9153 10.0.0.0/8 9.9.9.9 /etc/resolv.conf all IN A ANY NXDOMAIN x "a b" "" { } # log success random set {$PORT} {$EMPTY} true on off "^x$"'.split(
    ' ',
  );

/** A whole Corefile by grammar, in every second one of them a slip or two. */
export function writeCorefile(random: Random): string {
  const slips = random.chance(2) ? new Slips(random, 0) : new Slips(random, 14);
  let text = random.chance(8) ? `(s) {\n${writeStanza(random, slips)}}\n` : '';
  const snippet = text !== '';
  for (let block = random.chance(3) ? 1 + random.below(2) : 0; block >= 0; block -= 1) {
    const plain = `z${random.below(1000)}.org`;
    const key = random.chance(6) ? random.pick(KEYS) : plain;
    text += `${key}${random.chance(10) ? ` y${random.below(40)}.org` : ''} {\n`;
    const used = new Set<string>();
    for (let line = 1 + random.below(4); line > 0; line -= 1) {
      const plugin = pickPlugin(random);
      // A second stanza is a slip for most plugins.
      if (used.has(plugin.name) && !random.chance(5)) continue;
      used.add(plugin.name);
      text += snippet && random.chance(8) ? '    import s\n' : writeStanza(random, slips, plugin);
    }
    text += random.chance(60) ? '' : '}\n';
  }
  return text;
}

/** One server block with one plugin, written with slips: what that plugin's setup says of them. */
export function writeSlip(random: Random): string {
  const keys = random.chance(4) ? '. a.org' : random.pick(['.', 'a.org', '10.0.0.0/24', 'a.org:1053']);
  return `${keys} {\n${writeStanza(random, new Slips(random, 5))}}\n`;
}

function pickPlugin(random: Random): PluginGrammar {
  const plugin = random.pick(PLUGIN_GRAMMARS);
  return plugin.reachesOut && !random.chance(4) ? pickPlugin(random) : plugin;
}

/** Decides where something goes wrong: about once in `oneIn` words. */
class Slips {
  readonly #random: Random;
  readonly #oneIn: number;

  constructor(random: Random, oneIn: number) {
    this.#random = random;
    this.#oneIn = oneIn;
  }

  here(factor = 1): boolean {
    return this.#oneIn > 0 && this.#random.chance(this.#oneIn * factor);
  }
}

function writeStanza(random: Random, slips: Slips, plugin: PluginGrammar = pickPlugin(random)): string {
  const head = [plugin.name, ...writeWords(random, slips, plugin.head)].join(' ');
  const chosen = plugin.options.filter(
    ({ always }) => always || random.chance(Math.max(2, plugin.options.length >> 1)),
  );
  if (chosen.length === 0 && !random.chance(plugin.options.length === 0 ? 60 : 6)) return `    ${head}\n`;
  let text = `    ${head}${slips.here(20) ? '\n    ' : ' '}{\n`;
  for (const { words: pattern } of chosen) {
    const [option = '', ...args] = writeWords(random, slips, pattern);
    const line = `        ${[slips.here(4) ? misspelt(random, option) : option, ...args].join(' ')}`;
    text += slips.here(20) ? `${line}\n${line}\n` : slips.here(40) ? `${line} }\n` : `${line}\n`;
  }
  if (slips.here(10)) text += `        ${random.pick(['nonsense', 'errors', 'x 1', 'ttl 5', 'fallthrough'])}\n`;
  return `${text}    }${slips.here(40) ? ' x' : ''}\n`;
}

function misspelt(random: Random, word: string): string {
  return random.chance(2) ? word.toUpperCase() : word.slice(0, -1);
}

function writeWords(random: Random, slips: Slips, pattern: readonly string[]): readonly string[] {
  const written: string[] = [];
  for (const part of pattern) {
    const [, kind, times = ''] = /^<(.+)>([?*+]?)$/u.exec(part) ?? [];
    if (kind === undefined) {
      written.push(part);
      continue;
    }
    const least = times === '?' || times === '*' ? 0 : 1;
    const count = least + (times === '' ? 0 : random.chance(3) ? 1 + (times === '*' ? random.below(2) : 0) : 0);
    for (let index = count; index > 0; index -= 1) written.push(...writeValue(random, slips, kind));
  }
  if (slips.here(2)) written.pop();
  if (slips.here(2)) written.push(random.pick(WORDS));
  return written;
}

function writeValue(random: Random, slips: Slips, kind: string): readonly string[] {
  if (kind === 'aclpart') {
    const net = random.chance(2);
    return [net ? 'net' : 'type', ...writeValue(random, slips, net ? 'cidr' : 'type')];
  }
  const values = VALUE_KINDS.get(kind);
  if (values === undefined) {
    const word = random.pick(kind.split('|'));
    return [slips.here() ? misspelt(random, word) : word];
  }
  return [random.pick(slips.here() && values.near.length > 0 ? values.near : values.good)];
}

/** Damages `text` in one to three places: characters, words and lines lost, doubled, swapped or put in. */
export function damage(random: Random, text: string): string {
  let result = text;
  for (let step = random.chance(3) ? random.below(3) : 0; step >= 0; step -= 1) {
    const at = random.below(result.length + 1);
    const lines = result.split('\n');
    const line = random.below(lines.length);
    switch (random.below(9)) {
      case 0:
        result = result.slice(0, at) + result.slice(at + 1);
        break;
      case 1:
        result =
          result.slice(0, at) +
          random.pick(['{', '}', '"', '#', '\\', ',', ' ', '\n', '\r', '\u00a0', ':', '/']) +
          result.slice(at);
        break;
      case 2:
        lines.splice(line, 1);
        result = lines.join('\n');
        break;
      case 3:
        lines.splice(line, 0, lines[line] ?? '');
        result = lines.join('\n');
        break;
      case 4:
        lines.splice(line, 0, random.pick(lines));
        result = lines.join('\n');
        break;
      case 5:
        lines[line] = `${lines[line] ?? ''} ${random.pick(WORDS)}`;
        result = lines.join('\n');
        break;
      case 6: {
        const parts = result.split(/(\s+)/u);
        parts.splice(random.below(parts.length), 1);
        result = parts.join('');
        break;
      }
      case 7:
        lines[line] = `${lines[line] ?? ''}${lines[line + 1] ?? ''}`;
        lines.splice(line + 1, 1);
        result = lines.join('\n');
        break;
      default:
        result = result.replace(/\b[a-z_]{3,}\b/u, (word) => (random.chance(2) ? word.slice(1) : word.toUpperCase()));
    }
  }
  return result;
}
