/** What a plugin's setup asks of the server block around it. In doubt the answers are those that refuse nothing. */
import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { zonesOfArgument } from './goValues.ts';

/**
 * plugin/normalize.go OriginsFromArgsOrServerBlock: the zones that arguments name, those of the block without arguments.
 * `undefined` when a server key isn't known.
 */
export function zonesOrBlock(
  words: Dispenser,
  args: readonly CorefileToken[],
  { keys, zones }: ServerBlockModel,
): readonly string[] | undefined {
  if (args.length > 0) return args.flatMap((token) => zonesOfArgument(words.valueOf(token)));
  return keys.length === 0 || keys.some(({ key }) => key === undefined) ? undefined : zones;
}

/** True when the block certainly has no stanza of `plugin`. */
export function lacksPlugin({ incomplete, words, node }: ServerBlockModel, plugin: string): boolean {
  if (incomplete || words.has(plugin)) return false;
  return node.body.every((item) => item.kind === 'directive' && item.value !== undefined);
}
