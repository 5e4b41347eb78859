/**
 * Under which other name a server block asks: the rules of `rewrite` and `autopath`, applied as CoreDNS does (plugin/rewrite name.go,
 * plugin/autopath autopath.go, plugin/kubernetes autopath.go).
 * A pattern of a `regex` rule is run here only where it means the same in Go and here, and cannot take long: names are anybody's.
 */
import type { NameChange, TopologyServerBlock } from './topology.ts';
import { inZone } from './zone.ts';

/** By which rule a name became another. */
export interface ChangedName {
  readonly by: 'rewrite' | 'autopath';
  /** 1-based, of the Corefile. */
  readonly line: number;
  /** The rule gives exactly this name; a search list that is not known might. */
  readonly isCertain: boolean;
}

type Rule<Kind extends NameChange['by']> = Extract<NameChange, { by: Kind }>;

/** Plain characters, escaped ones, classes and groups, of which none is repeated as a whole. */
const PLAIN_PATTERN = /^\^?(?:\\[.dw-]|\[\^?[\w.-]+\]|\((?:\?:)?|\)(?![*+{])|[\w.|-]|[*+?](?![*+?]))*\$?$/u;
/** Each repetition, and each place to begin at, multiplies what a name of 255 characters costs. */
const MOST_REPETITIONS = 3;
const LONGEST_NAME = 255;

/**
 * How this block comes to ask for `instead` when it is asked for `asked`; `undefined` when it does not, or that is not known.
 * Both absolute and lower case, and not the same.
 */
export function changeByBlock(block: TopologyServerBlock, asked: string, instead: string): ChangedName | undefined {
  const { nameChanges = [] } = block;
  const rewritten = rewrittenName(nameChanges, asked);
  if (rewritten === undefined) return undefined;
  const { name, line } = rewritten;
  if (line !== undefined && name === instead) return { by: 'rewrite', line, isCertain: block.hasView !== true };
  const autopath = nameChanges.find((change) => change.by === 'autopath');
  return autopath === undefined ? undefined : byAutopath(block, autopath, name, instead);
}

/** The name that the rest of the block is asked for, which may be the same; `undefined` where it may be several, or a rule cannot be told. */
export function nameAfterRules(
  { nameChanges = [], kubernetes }: TopologyServerBlock,
  asked: string,
): string | undefined {
  const name = rewrittenName(nameChanges, asked)?.name;
  const autopath = nameChanges.find((change) => change.by === 'autopath');
  if (name === undefined || autopath === undefined || !autopath.zones.some((zone) => inZone(name, zone))) return name;
  const isSearching =
    autopath.ofPods !== true || kubernetes?.zones.some((zone) => baseOf(name, `svc.${zone}`) !== undefined) === true;
  return isSearching ? undefined : name;
}

/** @returns the name after all rules of `rewrite`, and the last one that changed it; `undefined` where a rule cannot be told */
function rewrittenName(
  changes: readonly NameChange[],
  asked: string,
): { readonly name: string; readonly line?: number } | undefined {
  let name = asked;
  let line: number | undefined;
  for (const change of changes) {
    if (change.by === 'unknown') return undefined;
    if (change.by !== 'name') continue;
    const next = applied(change, name);
    if (next === 'not-known') return undefined;
    if (next === undefined) continue;
    ({ name } = next);
    ({ line } = change);
    if (change.goesOn !== true) break;
  }
  return line === undefined ? { name } : { name, line };
}

/** `undefined` where the rule does not match. */
function applied({ match, from, to }: Rule<'name'>, name: string): { readonly name: string } | 'not-known' | undefined {
  switch (match) {
    case 'exact':
      return name === from ? { name: to } : undefined;
    case 'prefix':
      return name.startsWith(from) ? { name: to + name.slice(from.length) } : undefined;
    case 'suffix':
      return name.endsWith(from) ? { name: name.slice(0, name.length - from.length) + to } : undefined;
    case 'substring':
      return name.includes(from) ? { name: name.replaceAll(from, () => to) } : undefined;
    case 'regex': {
      if (!isPlainPattern(from) || name.length > LONGEST_NAME) return 'not-known';
      const groups = new RegExp(from, 'u').exec(name);
      if (groups === null) return undefined;
      // A group that took no part is empty.
      return { name: to.replaceAll(/\{(\d+)\}/gu, (_, group) => groups[Number(group)] ?? '') };
    }
  }
}

function isPlainPattern(pattern: string): boolean {
  const repetitions = pattern.split(/[*+]/u).length - 1 + (pattern.startsWith('^') ? 0 : 1);
  if (repetitions > MOST_REPETITIONS || !PLAIN_PATTERN.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/**
 * The client asks for a name with the first domain of its search list, and CoreDNS for the same with each of them, the bare one last. The
 * first domain of a pod is that of its namespace; what the node adds to a search list stands in no Corefile.
 */
function byAutopath(
  { kubernetes, hasView }: TopologyServerBlock,
  { line, zones, ofPods }: Rule<'autopath'>,
  asked: string,
  instead: string,
): ChangedName | undefined {
  if (!zones.some((zone) => inZone(asked, zone))) return undefined;
  if (ofPods !== true)
    return isSearched(asked, instead.slice(0, -1)) ? { by: 'autopath', line, isCertain: false } : undefined;
  for (const zone of kubernetes?.zones ?? []) {
    const base = baseOf(asked, `svc.${zone}`);
    if (base === undefined) continue;
    if (instead === `${base}.`) return { by: 'autopath', line, isCertain: hasView !== true };
    if (isSearched(instead, base)) return { by: 'autopath', line, isCertain: false };
  }
  return undefined;
}

/** The name is `base` with a search domain behind it. */
function isSearched(name: string, base: string): boolean {
  return name.length > base.length + 1 && name.startsWith(`${base}.`);
}

/** What stands before the namespace in front of `zone`, without a final dot. */
function baseOf(name: string, zone: string): string | undefined {
  if (!name.endsWith(`.${zone}`)) return undefined;
  const inside = name.slice(0, name.length - zone.length - 1);
  const namespace = inside.lastIndexOf('.');
  return namespace <= 0 ? undefined : inside.slice(0, namespace);
}

/** Without a Corefile: `asked` is `instead` with the search domain of a namespace behind it, which nothing but `autopath` takes away. */
export function isSearchedInNamespace(asked: string, instead: string): boolean {
  return isSearched(asked, instead.slice(0, -1)) && /^[^.]+\.svc\./u.test(asked.slice(instead.length));
}
