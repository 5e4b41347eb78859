import { completeArguments } from './completeArguments.ts';
import { completeKeys } from './completeKeys.ts';
import { completeOptions } from './completeOptions.ts';
import { completePlugins } from './completePlugins.ts';
import type { Completion, LanguageContext } from './completion.ts';
import { placeAt } from './place.ts';
import { snippetsOf } from './snippets.ts';
import { PLAIN } from './completion.ts';
import type { StatementTree } from './statements.ts';

/** What may be written at `offset`, given what stands around it. Empty in comments, in quotes and behind braces. */
export function complete(tree: StatementTree, offset: number, context: LanguageContext): readonly Completion[] {
  const place = placeAt(tree, offset, false);
  if (place.kind === 'none' || place.token?.quoted === true) return [];
  if (place.role === 'import' && place.index > 0) {
    if (place.index > 1) return [];
    // CoreDNS only knows the snippets that stand above.
    return snippetsOf(tree)
      .filter(({ nameStart }) => nameStart < offset)
      .map(({ name, plugins }) => ({
        ...PLAIN,
        label: name,
        kind: 'snippet',
        detail: plugins.join(', '),
        documentation: '',
        insert: name,
        start: place.start,
        end: place.end,
      }));
  }
  switch (place.role) {
    case 'server':
    case 'snippet':
      return completeKeys(tree, offset, place, context);
    case 'plugin':
      return place.index === 0 ? completePlugins(tree, place, context) : completeArguments(place, context);
    case 'option':
      return place.index === 0 ? completeOptions(place, context) : completeArguments(place, context);
    case 'import':
      return place.path.length === 0 && !tree.fragment
        ? completeKeys(tree, offset, place, context)
        : place.path.length > 1
          ? completeOptions(place, context)
          : completePlugins(tree, place, context);
    case 'inner':
      return [];
  }
}
