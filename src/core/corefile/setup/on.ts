import type { PluginSetup } from './pluginSetup.ts';
import { noneOf, wrongCount } from './refuse.ts';

/** caddy/onevent/on.go onParse: an event, in any case, and a command. Quotes inside the command are not judged. */
export const onSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const event = words.nextArg();
    if (event === undefined) return wrongCount('on', name, [], 2);
    const wrong = noneOf(words, 'on', event, ['startup', 'shutdown', 'certrenew'], true);
    if (wrong !== undefined) return wrong;
    const command = words.remainingArgs();
    if (command.every((token) => /^[ \t\r\n]*$/u.test(words.valueOf(token)))) return wrongCount('on', name, [event], 2);
  }
  return undefined;
};
