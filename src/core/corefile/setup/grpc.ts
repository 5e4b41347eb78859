import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { isGoUrl } from './goUrl.ts';
import { zonesOfArgument } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, refuse, shownWord, twice, unknownOption, withArgument, wrongCount } from './refuse.ts';
import { MAX_UPSTREAMS, POLICIES, isCertainAddress, tooManyUpstreams, upstreamIsEmpty } from './upstreamWord.ts';

/** plugin/grpc/setup.go parseGRPC. A word that is no address may be a file, so it counts as good. */
export const grpcSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const from = words.nextArg();
  if (from === undefined) return wrongCount('grpc', head, [], 2);
  if (zonesOfArgument(words.value).length === 0)
    return refuse('CF306', from, `grpc can't read ${shownWord(words.value)} as a zone. Write "." or a zone name`);
  const to = words.remainingArgs();
  const few = wrongCount('grpc', head, [from, ...to], 2);
  if (few !== undefined) return few;
  const empty = to.find((token) => upstreamIsEmpty(words.valueOf(token)));
  if (empty !== undefined)
    return refuse(
      'CF420',
      empty,
      `${shownWord(words.valueOf(empty))} names no server. Write an address such as 192.0.2.1`,
    );
  for (const option of optionsOf(words)) {
    const refusal = wrongOption(words, option);
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  if (again !== undefined) return twice('grpc', head, again);
  const zone = to.find((token) => isCertainAddress(words.valueOf(token)) && !isGoUrl(`dns:///${words.valueOf(token)}`));
  if (zone !== undefined)
    return refuse('CF420', zone, `grpc reads ${shownWord(words.valueOf(zone))} as a URL, where % has to be %25`);
  const surplus = to.filter((token) => isCertainAddress(words.valueOf(token)))[MAX_UPSTREAMS];
  return surplus === undefined ? undefined : tooManyUpstreams('grpc', surplus);
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'except':
      return wrongCount('grpc', option, words.remainingArgs(), 1);
    case 'tls':
      return wrongCount('grpc', option, words.remainingArgs(), 0, 3);
    case 'tls_servername':
      return withArgument(words, 'grpc', option);
    case 'policy':
      return withArgument(words, 'grpc', option, (policy, subject) => noneOf(words, subject, policy, POLICIES));
    case 'fallthrough':
      words.remainingArgs();
      return undefined;
    case '}':
      return undefined;
    default:
      return unknownOption(words, 'grpc', option);
  }
}
