import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, refuse, unknownOption, wrongCount } from './refuse.ts';

/** plugin/geoip/setup.go geoipParse; the database is not looked at. */
export const geoipSetup: PluginSetup = (words) => {
  let database = '';
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const path = words.nextArg();
    if (path === undefined) return wrongCount('geoip', head, [], 1, 1);
    if (database !== '') return refuse('CF301', head, 'geoip reads one database only. Remove one of the two');
    database = words.value;
    const refusal = wrongCount('geoip', head, [path, ...words.remainingArgs()], 1, 1);
    if (refusal !== undefined) return refusal;
    for (const option of optionsOf(words)) {
      if (words.value !== 'edns-subnet') return unknownOption(words, 'geoip', option);
    }
  }
  return undefined;
};
