import { type PluginFacts, existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { IMPORT } from './completeKeys.ts';
import { type Completion, type LanguageContext, PLAIN } from './completion.ts';
import type { Place } from './place.ts';
import { pluginTemplates, pluginWords } from './pluginWords.ts';
import { pluginsIn } from './snippets.ts';
import type { StatementTree } from './statements.ts';
import { versionNotes } from './versionNotes.ts';

/** What most blocks hold, in the order in which people write it. */
const COMMON: readonly string[] = [
  'errors',
  'health',
  'ready',
  'kubernetes',
  'prometheus',
  'forward',
  'cache',
  'loop',
  'reload',
  'loadbalance',
  'log',
  'hosts',
  'rewrite',
  'template',
  'file',
];
/** For tests of DNS clients and of CoreDNS itself. */
const RARE: ReadonlySet<string> = new Set(['erratic', 'debug', 'pprof', 'whoami', 'chaos']);

/** Plugins of the release, without those that the block has and that do nothing (or are refused) a second time. */
export function completePlugins(tree: StatementTree, place: Place, context: LanguageContext): readonly Completion[] {
  const { statement, start, end } = place;
  const present = new Set(
    pluginsIn(
      tree,
      place.siblings.filter((one) => one !== statement),
    ),
  );
  const offered = (facts: PluginFacts): boolean =>
    existsIn(facts, context.version) === 'yes' && !(present.has(facts.name) && !isRepeatable(facts));
  const bare = (statement?.words.length ?? 0) <= 1 && statement?.block === undefined;
  const items: Completion[] = [];
  for (const facts of pluginCatalogue().values()) {
    if (!offered(facts)) continue;
    const words = pluginWords().get(facts.name);
    const needsArgument = facts.minArgs > 0 && bare;
    items.push({
      ...PLAIN,
      label: facts.name,
      kind: 'plugin',
      detail: words?.form.text ?? '',
      documentation: [words?.summary ?? '', ...versionNotes(facts, context.version)].join('\n\n'),
      insert: needsArgument ? `${facts.name} ` : facts.name,
      start,
      end,
      rank: COMMON.includes(facts.name) ? 1 : RARE.has(facts.name) ? 8 : 3,
      goesOn: needsArgument,
    });
  }
  if (!bare) return items;
  for (const { plugin, title, snippet } of pluginTemplates()) {
    const facts = pluginCatalogue().get(plugin);
    if (facts === undefined || !offered(facts)) continue;
    items.push({
      ...PLAIN,
      label: `${plugin} …`,
      kind: 'template',
      detail: title,
      documentation: pluginWords().get(plugin)?.summary ?? '',
      insert: snippet,
      isSnippet: true,
      start,
      end,
      rank: COMMON.includes(plugin) ? 2 : 4,
    });
  }
  items.push({ ...IMPORT, start, end });
  return items;
}

function isRepeatable({ onRepeat }: PluginFacts): boolean {
  return onRepeat === 'chain' || onRepeat === 'merge';
}
