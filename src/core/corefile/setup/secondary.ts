import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongHostPort } from './addresses.ts';
import { firstRefusal } from './firstRefusal.ts';
import { zonesOfArgument } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { braceAsArgument, noneOf, optionsOf, refuse, shownWord, unknownOption, wrongCount } from './refuse.ts';

/** plugin/secondary/setup.go secondaryParse: stray words between stanzas are skipped; each stanza needs `transfer from`. */
export const secondarySetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    if (words.value !== 'secondary') continue;
    words.remainingArgs();
    let transfers = false;
    for (const option of optionsOf(words)) {
      switch (words.valueOf(option)) {
        case 'transfer': {
          const wrong = wrongTransfer(words, option);
          if (wrong !== undefined) return wrong;
          transfers = true;
          break;
        }
        case 'catalog': {
          const wrong = firstRefusal(words.remainingArgs(), (token) => wrongMember(words, token));
          if (wrong !== undefined) return wrong;
          break;
        }
        case 'fallthrough':
          words.remainingArgs();
          break;
        default:
          return unknownOption(words, 'secondary', option);
      }
    }
    if (!transfers)
      return refuse(
        'CF309',
        name,
        'secondary needs the servers to fetch its zones from. Add a line such as transfer from 192.0.2.1',
      );
  }
  return undefined;
};

/** plugin/pkg/parse/transfer.go TransferIn. */
function wrongTransfer(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const from = words.nextArg();
  if (from === undefined) return wrongCount('secondary', option, [], 2);
  const wrong = noneOf(words, 'secondary option transfer', from, ['from']);
  if (wrong !== undefined) return wrong;
  const servers = words.remainingArgs();
  if (servers.length === 0) return wrongCount('secondary', option, [from], 2);
  return firstRefusal(servers, (token) => wrongHostPort(words, 'secondary transfer from', token));
}

function wrongMember(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (zonesOfArgument(text).length > 0) return undefined;
  if (text === '}') return braceAsArgument('secondary option catalog', token);
  return refuse(
    'CF306',
    token,
    `secondary option catalog needs zones, ${shownWord(text)} is none. Correct or remove it`,
  );
}
