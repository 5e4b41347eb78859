import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { zonesOfArgument } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';

/**
 * plugin/file/setup.go fileParse; what the file holds is not looked at. A negative time to reload gets through there, but
 * the timer of a zone can't be made with it, which ends the process at startup.
 */
export const fileSetup: PluginSetup = (words) => {
  let atStartup: Refusal | undefined;
  for (let head = words.next(); head !== undefined; head = words.next()) {
    if (words.nextArg() === undefined) return wrongCount('file', head, [], 1);
    const zones = words.remainingArgs();
    const hasZone = zones.length === 0 || zones.some((token) => zonesOfArgument(words.valueOf(token)).length > 0);
    let negative: Refusal | undefined;
    for (const option of optionsOf(words)) {
      if (words.value !== 'reload') {
        const refusal = wrongOption(words, option);
        if (refusal !== undefined) return refusal;
        continue;
      }
      const args = words.remainingArgs();
      const [time] = args;
      if (time === undefined) return wrongCount('file', option, args, 1);
      const subject = subjectOf('file', option);
      const refusal = wrongDuration(words, subject, time);
      if (refusal !== undefined) return refusal;
      negative = wrongDuration(words, subject, time, { min: 0n });
    }
    if (hasZone) atStartup ??= negative;
  }
  return atStartup;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'fallthrough':
    case 'upstream':
      words.remainingArgs();
      return undefined;
    case 'reload_by_mtime':
      return undefined;
    default:
      return unknownOption(words, 'file', option);
  }
}
