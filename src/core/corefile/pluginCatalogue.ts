/**
 * What is known of each plugin: its options, how many arguments they take, since and until which release. The facts are a
 * table in data/pluginFacts.ts, a line per plugin, read once on first use:
 * `name onRepeat block MIN-MAX =type answers @since !removedIn >replacedBy | option MIN-MAX =type ~word,word noop @since !removedIn | …`
 * And the order in which plugins see a query, per release: data/pluginOrder.ts, a line per change.
 */
import { EXTERNAL_PLUGINS, PLUGIN_FACTS } from './data/pluginFacts.ts';
import { PLUGIN_ORDER } from './data/pluginOrder.ts';

export interface OptionFacts {
  readonly name: string;
  readonly minArgs: number;
  /** `undefined`: no limit, or none that CoreDNS checks. */
  readonly maxArgs: number | undefined;
  /** First release; `undefined`: in all releases of the plugin. */
  readonly since: string | undefined;
  readonly removedIn: string | undefined;
  /** What the first argument must be; `undefined`: anything, or not checked before other things. */
  readonly type: 'int' | 'uint' | 'duration' | undefined;
  /** The only words the argument may be. */
  readonly values: readonly string[] | undefined;
  /** Read for the sake of old files, without effect. */
  readonly noop: boolean;
}

/** What a second stanza of a plugin does in one server block; `error-*` makes CoreDNS refuse the file. */
export type RepeatBehaviour =
  'error-once' | 'error-args' | 'first-wins' | 'last-wins' | 'merge' | 'chain' | 'idempotent';

/** What stands between a plugin's braces: lines of options, rules, one rule, data; nothing; or it is skipped. */
export type BlockKind = 'options' | 'rules' | 'rule' | 'inline' | 'none' | 'ignored';

export interface PluginFacts extends OptionFacts {
  readonly onRepeat: RepeatBehaviour;
  readonly block: BlockKind;
  /** True when it answers queries itself, for some names at least. */
  readonly answers: boolean;
  /** Words that name what to write instead of a removed plugin. */
  readonly replacedBy: string | undefined;
  readonly options: ReadonlyMap<string, OptionFacts>;
}

export const DEFAULT_COREDNS_VERSION = '1.15.0';

/** Plugins that lower-case an option's name before they look at it. */
const CASELESS: ReadonlySet<string> = new Set(['acl', 'header', 'nomad']);

let catalogue: ReadonlyMap<string, PluginFacts> | undefined;

/** Every plugin of CoreDNS's own tree, past ones included, by name. */
export function pluginCatalogue(): ReadonlyMap<string, PluginFacts> {
  catalogue ??= new Map(
    PLUGIN_FACTS.trim()
      .split('\n')
      .map((line) => {
        const facts = readPlugin(line);
        return [facts.name, facts] as const;
      }),
  );
  return catalogue;
}

export function isExternalPlugin(name: string): boolean {
  return EXTERNAL_PLUGINS.split(' ').includes(name);
}

const orders = new Map<string, readonly string[]>();

/**
 * Names of all plugins of release `version` in the order in which they see a query (its plugin.cfg). The order of the text
 * means nothing. A release older than 1.0.0 has the order of 1.0.0, one not known yet that of the newest.
 */
export function executionOrder(version: string): readonly string[] {
  let order = orders.get(version);
  if (order === undefined) {
    order = readOrder(version);
    orders.set(version, order);
  }
  return order;
}

/** Lines of `VERSION change…`: a name alone is put last, `name<next` in front of `next`, `-name` is gone. */
function readOrder(version: string): readonly string[] {
  const order: string[] = [];
  for (const [index, line] of PLUGIN_ORDER.trim().split('\n').entries()) {
    const [since = '', ...changes] = line.split(' ');
    if (index > 0 && compareVersions(version, since) < 0) break;
    for (const change of changes) {
      const [name = '', next = ''] = change.replace(/^-/u, '').split('<');
      const at = order.indexOf(name);
      if (at !== -1) order.splice(at, 1);
      if (change.startsWith('-')) continue;
      const before = order.indexOf(next);
      order.splice(before === -1 ? order.length : before, 0, name);
    }
  }
  return order;
}

/** The option as the plugin would find it, whatever the release. */
export function findOption(plugin: PluginFacts, name: string): OptionFacts | undefined {
  return plugin.options.get(CASELESS.has(plugin.name) ? name.toLowerCase() : name);
}

/** Whether a plugin or option exists in release `version`. */
export function existsIn(facts: OptionFacts, version: string): 'yes' | 'not-yet' | 'removed' {
  if (facts.removedIn !== undefined && compareVersions(version, facts.removedIn) >= 0) return 'removed';
  return facts.since !== undefined && compareVersions(version, facts.since) < 0 ? 'not-yet' : 'yes';
}

/** Compares `1.9.4` with `1.10.0` by number; a leading `v` and anything behind the third number are ignored. */
export function compareVersions(a: string, b: string): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** `1.11.3`, `v1.11.3`, `1.11.3-2`. */
export function isVersion(text: string): boolean {
  return /^v?\d{1,4}\.\d{1,4}\.\d{1,4}(?:[-+.].*)?$/u.test(text);
}

/** Releases are few and asked for again and again, once per plugin and option of every file that is linted. */
const knownNumbers = new Map<string, readonly number[]>();

function versionNumbers(text: string): readonly number[] {
  const known = knownNumbers.get(text);
  if (known !== undefined) return known;
  const numbers = (/^v?(\d+)\.(\d+)\.(\d+)/u.exec(text)?.slice(1) ?? []).map(Number);
  if (knownNumbers.size >= 1_000) knownNumbers.clear();
  knownNumbers.set(text, numbers);
  return numbers;
}

function readPlugin(line: string): PluginFacts {
  const [head = '', ...options] = line.split(' | ');
  const [name = '', onRepeat = '', block = '', ...rest] = head.split(' ');
  return {
    ...readFacts(name, rest),
    onRepeat: onRepeat as RepeatBehaviour,
    block: block as BlockKind,
    answers: rest.includes('answers'),
    replacedBy: / >(.+)$/u.exec(head)?.[1],
    options: new Map(
      options.map((option) => {
        const [optionName = '', ...words] = option.split(' ');
        return [optionName, readFacts(optionName, words)] as const;
      }),
    ),
  };
}

function readFacts(name: string, words: readonly string[]): OptionFacts {
  const [min = '0', max = ''] = (words[0] ?? '').split('-');
  const behind = (mark: string): string | undefined => words.find((word) => word.startsWith(mark))?.slice(1);
  return {
    name,
    minArgs: Number(min),
    maxArgs: max === '' ? undefined : Number(max),
    since: behind('@'),
    removedIn: behind('!'),
    type: behind('=') as OptionFacts['type'],
    values: behind('~')?.split(','),
    noop: words.includes('noop'),
  };
}
