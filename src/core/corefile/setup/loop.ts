import { type PluginSetup, placeOf } from './pluginSetup.ts';

/** plugin/loop/setup.go parse: once, and not a word more. */
export const loopSetup: PluginSetup = (words) => {
  let count = 0;
  for (let name = words.next(); name !== undefined; name = words.next()) {
    if (count > 0)
      return {
        code: 'CF301',
        message: 'loop may stand only once in a server block. Remove this one',
        at: placeOf(name),
      };
    count += 1;
    const argument = words.nextArg();
    if (argument !== undefined)
      return { code: 'CF304', message: 'loop takes no arguments. Remove what follows it', at: placeOf(argument) };
  }
  return undefined;
};
