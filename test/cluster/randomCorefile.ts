/** Corefiles from chance: written by grammar from the plugin catalogue, or an existing one damaged in a few places. */
import { type PluginFacts, pluginCatalogue } from '../../src/core/corefile/pluginCatalogue.ts';

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

const KEYS =
  '. .:53 a.org a.org:53 b.org. tls://c.org:1853 10.0.0.0/23 10.0.0.0/24 0.0.10.in-addr.arpa 2001:db8::/33 .:1053 :53 a.org: .:99999 d.org, (s) {$ZONE} {$ZONE}:{$PORT} a..b 2001:db8::1 .:+53 .:-1 x#y { }'.split(
    ' ',
  );
const WORDS =
  '. a.org 1 5 30 30s 1h 127.0.0.1 127.0.0.1:99 :9153 10.0.0.0/8 9.9.9.9 /etc/resolv.conf all IN A ANY NXDOMAIN x "a b" "" { } # log success random set {$PORT} {$EMPTY} true on off "^x$"'.split(
    ' ',
  );
/** Arguments with which a plugin starts without a network, a file or a cluster. */
const STARTS: Readonly<Record<string, string>> = {
  forward: 'forward . 9.9.9.9',
  grpc: 'grpc . 9.9.9.9',
  kubernetes: 'kubernetes cluster.local {\n        endpoint http://127.0.0.1:1\n        startup_timeout 10ms\n    }',
  bind: 'bind 127.0.0.1',
  view: 'view v {\n        expr true\n    }',
  template: 'template IN A {\n        rcode NXDOMAIN\n    }',
  transfer: 'transfer a.org {\n        to *\n    }',
  header: 'header {\n        response set ra\n    }',
  rewrite: 'rewrite name a.org b.org',
  timeouts: 'timeouts {\n        read 5s\n    }',
  hosts: 'hosts {\n        10.0.0.1 a.org\n        fallthrough\n    }',
  autopath: 'autopath /etc/resolv.conf',
  root: 'root /',
  acl: 'acl {\n        allow net 127.0.0.1\n    }',
};
/** These reach for the network, a disk or a process at start, whatever their arguments. */
const AVOIDED: ReadonlySet<string> = new Set(
  'azure route53 clouddns etcd geoip file sign secondary dynupdate tls on dnstap pprof quic auto k8s_external'.split(
    ' ',
  ),
);

/** `stanzas`: plugin stanzas with which CoreDNS starts. */
export function writeCorefile(random: Random, stanzas: readonly string[]): string {
  const plugins = [...pluginCatalogue().values()].filter(
    ({ name, removedIn }) => !AVOIDED.has(name) && (removedIn === undefined || random.chance(20)),
  );
  let text = random.chance(5) ? '(s) {\n    errors\n    cache 30\n}\n' : '';
  for (let block = random.below(3); block >= 0; block -= 1) {
    const keys = Array.from({ length: 1 + random.below(2) }, () =>
      random.chance(2) ? random.pick(KEYS) : `z${random.below(40)}.org`,
    );
    text += `${keys.join(' ')} {\n`;
    for (let line = 1 + random.below(5); line > 0; line -= 1) {
      if (random.chance(12)) text += '    import s\n';
      else
        text += random.chance(4) ? `    ${writePlugin(random, random.pick(plugins))}\n` : `${random.pick(stanzas)}\n`;
    }
    text += random.chance(15) ? '' : '}\n';
  }
  return text;
}

function writePlugin(random: Random, plugin: PluginFacts): string {
  const start = STARTS[plugin.name];
  if (start !== undefined && !random.chance(3)) return start;
  const head = start?.split(' {')[0] ?? plugin.name;
  const extra = random.chance(4) ? ` ${words(random, 1 + random.below(2))}` : '';
  const options = [...plugin.options.values()];
  if (options.length === 0 || random.chance(2)) return head + extra;
  let text = `${head}${extra} {\n`;
  for (let line = random.below(3); line >= 0; line -= 1) {
    const option = random.pick(options);
    const count = random.chance(3) ? random.below(4) : option.minArgs;
    text += `        ${random.chance(10) ? 'nonsense' : option.name} ${words(random, count)}\n`;
  }
  return `${text}    }`;
}

function words(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
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
