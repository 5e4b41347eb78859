import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCidr, wrongIp } from './addresses.ts';
import { parseCidr, parseIp } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** Prefix lengths of RFC 6052 section 2.2. */
const LENGTHS = [32, 40, 48, 56, 64, 96];

/** plugin/siit/setup.go siitParse. What stands behind the prefix on its line is read as the next option. */
export const siitSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const wrong = wrongCount('siit', name, words.remainingArgs(), 0, 0);
    if (wrong !== undefined) return wrong;
    for (const option of optionsOf(words)) {
      const optionName = words.valueOf(option);
      const refusal =
        optionName === 'ipv6_prefix'
          ? wrongPrefix(words, option)
          : optionName === 'eam'
            ? wrongMapping(words, option)
            : unknownOption(words, 'siit', option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongPrefix(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const subject = subjectOf('siit', option);
  const token = words.nextArg();
  if (token === undefined) return wrongCount('siit', option, [], 1, 1);
  const wrong = wrongCidr(words, subject, token, '64:ff9b::/96');
  const text = words.valueOf(token);
  const prefix = parseCidr(text);
  if (wrong !== undefined || prefix === undefined) return wrong;
  const said = (what: string): Refusal => refuse('CF306', token, `${subject} ${what}`);
  if (prefix.family === 4) return said(`needs an IPv6 network, ${text} is IPv4. Write one such as 64:ff9b::/96`);
  if (!LENGTHS.includes(prefix.ones))
    return said(`takes masks of ${LENGTHS.map((length) => `/${length}`).join(', ')}, ${text} has another. Choose one`);
  if (prefix.bytes[8] !== 0)
    return said(
      `needs its ninth byte (bits 64 to 71) to be 0, in ${shownWord(text)} it is not. Choose another network`,
    );
  return undefined;
}

function wrongMapping(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const subject = subjectOf('siit', option);
  const args = words.remainingArgs();
  const [first, second] = args;
  const wrong =
    wrongCount('siit', option, args, 2, 2) ??
    (first && wrongIp(words, subject, first)) ??
    (first && !isIpv4(words.valueOf(first)) ? wrongFamily(subject, first, 'first', 'IPv4') : undefined) ??
    (second && wrongIp(words, subject, second));
  if (wrong !== undefined || second === undefined) return wrong;
  return isIpv4(words.valueOf(second)) ? wrongFamily(subject, second, 'second', 'IPv6') : undefined;
}

function wrongFamily(subject: string, token: CorefileToken, place: string, family: string): Refusal {
  return refuse(
    'CF306',
    token,
    `${subject} needs an ${family} address in ${place} place. Write the IPv4 address, then the IPv6 address`,
  );
}

/** net.IP.To4: an IPv4 address, also one written as IPv6 (`::ffff:192.0.2.1`). */
function isIpv4(text: string): boolean {
  const ip = parseIp(text);
  if (ip === undefined || ip.family === 4) return ip !== undefined;
  return ip.bytes.slice(0, 10).every((byte) => byte === 0) && ip.bytes[10] === 255 && ip.bytes[11] === 255;
}
