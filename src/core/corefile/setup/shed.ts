import type { PluginSetup } from './pluginSetup.ts';
import { refuse, twice, unknownOption, wrongCount } from './refuse.ts';

/** plugin/shed/setup.go setup: once, without a word, on plain DNS only. */
export const shedSetup: PluginSetup = (words, { block }) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const wrong = wrongCount('shed', first, words.remainingArgs(), 0, 0);
  if (wrong !== undefined) return wrong;
  if (words.nextBlock()) return words.current && unknownOption(words, 'shed', words.current);
  const again = words.next();
  if (again !== undefined) return twice('shed', first, again);
  const other = block.keys.find(({ key }) => key !== undefined && key.transport !== 'dns')?.key;
  if (other === undefined) return undefined;
  return refuse(
    'CF427',
    first,
    `shed works on plain DNS only, this server block has a key for ${other.transport}. Move that key into a block without shed`,
  );
};
