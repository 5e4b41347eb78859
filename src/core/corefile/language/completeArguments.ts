import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { activeForm } from './activeForm.ts';
import { type FormElement, nextElements } from './argumentForm.ts';
import { withoutDot } from './completeKeys.ts';
import { type Completion, type LanguageContext, PLAIN } from './completion.ts';
import type { Place } from './place.ts';

const RCODES = ['NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOERROR', 'FORMERR', 'NOTIMP', 'NOTAUTH', 'NOTZONE'];
const TYPES = ['A', 'AAAA', 'ANY', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'SVCB', 'TXT'];
const DURATIONS = ['1s', '5s', '10s', '30s', '1m', '5m', '1h'];
const SECONDS = ['5', '30', '60', '300', '3600'];

/** Words that come to mind for a value of this name. `PLUGIN.NAME` wins over `NAME`. */
const SUGGESTED: Readonly<Record<string, readonly string[]>> = {
  DURATION: DURATIONS,
  INTERVAL: ['10s', '30s', '1m'],
  JITTER: ['5s', '15s'],
  TIMEOUT: DURATIONS,
  TTL: SECONDS,
  SECONDS,
  RCODE: RCODES,
  CODE: RCODES,
  OLD: RCODES,
  NEW: RCODES,
  QTYPE: TYPES,
  TYPE: TYPES,
  CLASS: ['IN', 'ANY', 'CH', 'HS'],
  FLAG: ['aa', 'ra', 'rd'],
  LEVEL: ['error', 'warning', 'info', 'debug'],
  'RESOLV-CONF': ['/etc/resolv.conf'],
  FORMAT: ['"{common}"', '"{combined}"'],
  'forward.TO': ['/etc/resolv.conf', 'tls://', 'https://'],
  'hosts.FILE': ['/etc/hosts'],
  'ready.ADDRESS': [':8181'],
  'health.ADDRESS': [':8080'],
  'prometheus.ADDRESS': [':9153'],
  'tsig.OPCODE': ['QUERY', 'NOTIFY', 'UPDATE'],
  'kubernetes.ignore': ['empty_service'],
  'rewrite.type': TYPES,
  'rewrite.class': ['IN', 'CH', 'HS', 'ANY'],
};
const ZONE_NAMES: ReadonlySet<string> = new Set(['ZONES', 'ZONE', 'NAMES', 'forward.FROM', 'grpc.FROM']);

/** Words for the argument at the place: fixed words, choices, and likely values by what the argument is called. */
export function completeArguments(place: Place, context: LanguageContext): readonly Completion[] {
  const active = activeForm(place);
  if (active === undefined) return [];
  const { plugin, option, form, args, index } = active;
  const facts = pluginCatalogue().get(plugin.name);
  const next = nextElements(form, args.slice(0, Math.max(index, 0)));
  const fields =
    plugin.name !== 'rewrite' || place.role !== 'plugin' || index > 1 || (option !== undefined && index >= 0)
      ? []
      : [...(facts?.options.values() ?? [])].filter((one) => existsIn(one, context.version) === 'yes');
  if (fields.length > 0) {
    // A rule on one line: its field is an option of the plugin, perhaps behind the word for what comes next.
    const flow = place.index === 1 ? ['continue', 'stop'] : [];
    const second = place.statement?.words[1]?.text;
    if (place.index === 1 || second === 'continue' || second === 'stop')
      return toItems(place, [...fields.map(({ name }) => name), ...flow]);
    return [];
  }
  const choices = option === undefined ? undefined : facts?.options.get(option.name)?.values;
  const own = index === 0 && next.some(({ placeholders }) => placeholders.length > 0) ? (choices ?? []) : [];
  return itemsFor(place, context, plugin.name, option?.name ?? '', next, own);
}

function itemsFor(
  place: Place,
  context: LanguageContext,
  plugin: string,
  option: string,
  elements: readonly FormElement[],
  own: readonly string[],
): readonly Completion[] {
  const words: string[] = [...own];
  let zones = false;
  for (const { literals, placeholders } of elements) {
    words.push(...literals);
    for (const name of placeholders) {
      const path = `${plugin}.${name}`;
      const byOption = option === '' ? undefined : SUGGESTED[`${plugin}.${option}`];
      words.push(...(byOption ?? SUGGESTED[path] ?? SUGGESTED[name] ?? []));
      zones ||= ZONE_NAMES.has(path) || ZONE_NAMES.has(name);
      if (name === 'NAMESPACE') words.push(...namespacesOf(context));
    }
  }
  const used = new Set(place.statement?.words.flatMap((word) => (word === place.token ? [] : word.text)));
  const items = [
    ...toItems(
      place,
      words.filter((word) => !used.has(word)),
    ),
  ];
  if (!zones) return items;
  const server = place.path.find(({ role }) => role === 'server');
  const blockZones = (server?.words ?? []).map(({ text }) => text.replace(/,$/u, ''));
  const known = [...blockZones, '.', ...(context.zones?.() ?? []).slice(0, 500), 'in-addr.arpa', 'ip6.arpa'];
  for (const label of new Set(known.map(withoutDot))) {
    if (used.has(label) || /[:{]/u.test(label)) continue;
    const { start, end } = place;
    items.push({ ...PLAIN, label, kind: 'zone', detail: 'zone', insert: label, start, end, rank: 3 });
  }
  return items;
}

function toItems({ start, end }: Place, words: readonly string[]): readonly Completion[] {
  return [...new Set(words)].map((label, rank) => ({
    ...PLAIN,
    label,
    kind: 'value',
    insert: label,
    start,
    end,
    rank: Math.min(rank, 2),
  }));
}

/** Zones such as `shop.svc.cluster.local` name the namespaces that there are. */
function namespacesOf({ zones }: LanguageContext): readonly string[] {
  return (zones?.() ?? []).flatMap((zone) => /^([^.]+)\.svc\./u.exec(zone)?.[1] ?? []);
}
