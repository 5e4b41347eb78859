import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { IMPORT } from './completeKeys.ts';
import { type Completion, type LanguageContext, PLAIN } from './completion.ts';
import { type Place, enclosing } from './place.ts';
import { pluginWords } from './pluginWords.ts';
import { versionNotes } from './versionNotes.ts';

/** Options that add up when they are written again; of all others the last (or none but the first) counts. */
const REPEATABLE: ReadonlySet<string> = new Set([
  ...['forward.except', 'grpc.except', 'bind.except', 'siit.eam', 'tsig.secret', 'transfer.to', 'secondary.transfer'],
  ...['dynupdate.allow', 'view.expr', 'template.match', 'template.answer', 'template.additional', 'template.authority'],
  ...['template.var', 'template.expr', 'errors.consolidate', 'cache.disable', 'proxyproto.allow', 'log.class'],
  ...['acl.allow', 'acl.block', 'acl.filter', 'acl.drop', 'header.query', 'header.response', 'rewrite.edns0'],
]);
const OBSOLETE = 'Does nothing any more.';

/** Options of the plugin around the place that its release knows and that aren't there yet. */
export function completeOptions(place: Place, context: LanguageContext): readonly Completion[] {
  const name = enclosing({ ...place, statement: undefined }, 'plugin')?.words[0]?.text;
  const plugin = name === undefined ? undefined : pluginCatalogue().get(name);
  if (plugin === undefined) return [];
  const { start, end } = place;
  const present = new Set(place.siblings.flatMap((one) => (one === place.statement ? [] : (one.words[0]?.text ?? []))));
  const bare = (place.statement?.words.length ?? 0) <= 1;
  const items: Completion[] = [];
  for (const option of plugin.options.values()) {
    if (existsIn(option, context.version) !== 'yes') continue;
    if (present.has(option.name) && !REPEATABLE.has(`${plugin.name}.${option.name}`)) continue;
    const words = pluginWords().get(plugin.name)?.options.get(option.name);
    const byDefault = words?.byDefault === undefined || words.byDefault === '' ? [] : [`Default: ${words.byDefault}.`];
    const needsArgument = option.minArgs > 0 && bare;
    const obsolete = words?.summary.endsWith(OBSOLETE) === true;
    items.push({
      ...PLAIN,
      label: option.name,
      kind: 'option',
      detail: words?.form.text ?? '',
      documentation: [words?.summary ?? '', ...byDefault, ...versionNotes(option, context.version)].join('\n\n'),
      insert: needsArgument ? `${option.name} ` : option.name,
      start,
      end,
      rank: obsolete ? 9 : 2,
      deprecated: obsolete,
      goesOn: needsArgument,
    });
  }
  if (bare && items.length > 0) items.push({ ...IMPORT, start, end, rank: 7 });
  return items;
}
