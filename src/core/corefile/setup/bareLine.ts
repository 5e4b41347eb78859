import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse, wrongCount } from './refuse.ts';

/** For plugins that take neither arguments nor a block: what stands behind `head` on its line. */
export function wrongTail(words: Dispenser, plugin: string, head: CorefileToken): Refusal | undefined {
  const tail = words.nextArg();
  if (tail === undefined) return undefined;
  return tail.text === '{' ? noBlock(words, plugin, tail) : wrongCount(plugin, head, [tail], 0, 0);
}

/** CF303: braces behind a plugin that takes none. `brace` has just been read; what stands in it is underlined. */
export function noBlock(words: Dispenser, plugin: string, brace: CorefileToken): Refusal {
  const inside = words.next();
  const at = inside === undefined || inside.text === '}' ? brace : inside;
  return refuse('CF303', at, `${plugin} takes no block, CoreDNS stops here. Remove the braces and what they hold`);
}
