import type { PluginSetup } from './pluginSetup.ts';
import { wrongCount } from './refuse.ts';

/** root.go setup in the folder of the plugin: one path. What more stands on the line begins a stanza of its own. */
export const rootSetup: PluginSetup = (words) => {
  const first = words.next();
  for (let name = first; name !== undefined; name = words.next()) {
    if (words.nextArg() !== undefined) continue;
    if (name.text === 'root' || first === undefined) return wrongCount('root', name, [], 1, 1);
    return wrongCount('root', first, [first, name], 1, 1);
  }
  return undefined;
};
