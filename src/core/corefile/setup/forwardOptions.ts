import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { RCODE_NAMES } from './dnsNames.ts';
import { isDomainName, parseIp, parseUint, splitHostPort } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import {
  noneOf,
  refuse,
  shownWord,
  subjectOf,
  unknownOption,
  withArgument,
  wrongCount,
  wrongDuration,
  wrongNumber,
} from './refuse.ts';
import { POLICIES } from './upstreamWord.ts';

/** What an option of forward leaves behind for the check of the whole stanza. */
export interface ForwardOptions {
  expire?: CorefileToken;
  maxAge?: CorefileToken;
  serverName?: CorefileToken | undefined;
}

/** plugin/forward/setup.go parseBlock. */
export function wrongForwardOption(
  words: Dispenser,
  option: CorefileToken,
  options: ForwardOptions,
): Refusal | undefined {
  const name = words.value;
  const one = (check?: (value: CorefileToken, subject: string) => Refusal | undefined): Refusal | undefined =>
    withArgument(words, 'forward', option, check);
  switch (name) {
    case 'except':
      return wrongCount('forward', option, words.remainingArgs(), 1);
    case 'max_fails':
    case 'max_connect_attempts': {
      const read = (text: string): number | undefined => parseUint(text, 32);
      return one((value, subject) => wrongNumber(words, subject, value, { read }));
    }
    case 'health_check':
      return (
        one((value, subject) => wrongDuration(words, subject, value, { min: 0n })) ?? wrongHealthCheck(words, option)
      );
    case 'force_tcp':
    case 'prefer_udp':
    case 'next_on_nodata': {
      const surplus = words.nextArg();
      return surplus === undefined ? undefined : wrongCount('forward', option, [surplus], 0, 0);
    }
    case 'failfast_all_unhealthy_upstreams':
      return wrongCount('forward', option, words.remainingArgs(), 0, 0);
    case 'tls':
      return wrongCount('forward', option, words.remainingArgs(), 0, 3);
    case 'tls_servername':
      return one((value) => {
        options.serverName = words.valueOf(value) === '' ? undefined : value;
        return undefined;
      });
    case 'expire':
    case 'max_age':
      return one((value, subject) => {
        if (name === 'expire') options.expire = value;
        else options.maxAge = value;
        return wrongDuration(words, subject, value, { min: 0n });
      });
    case 'max_idle_conns':
    case 'max_concurrent':
      return one((value, subject) => wrongNumber(words, subject, value, { min: 0 }));
    case 'read_timeout':
      return one((value, subject) => wrongDuration(words, subject, value, { positive: true }));
    case 'doh_method':
      return one((value, subject) => noneOf(words, subject, value, ['GET', 'POST']));
    case 'policy':
      return one((value, subject) => noneOf(words, subject, value, POLICIES));
    case 'next':
    case 'failover':
      return wrongRcodes(words, option, name === 'failover');
    case 'resolver':
      return wrongResolvers(words, option);
    case 'source_address':
      return one((value) =>
        parseIp(words.valueOf(value)) === undefined ? notAnAddress(words, option, value) : undefined,
      );
    default:
      return unknownOption(words, 'forward', option);
  }
}

/** `health_check DURATION [no_rec] [domain NAME]`. */
function wrongHealthCheck(words: Dispenser, option: CorefileToken): Refusal | undefined {
  for (let word = words.nextArg(); word !== undefined; word = words.nextArg()) {
    if (words.value === 'no_rec') continue;
    const subject = subjectOf('forward', option);
    if (words.value !== 'domain') return noneOf(words, subject, word, ['no_rec', 'domain']);
    const domain = words.nextArg();
    if (domain === undefined) return refuse('CF304', word, `${subject} needs a name behind domain. Add it`);
    if (!isDomainName(words.value))
      return refuse('CF306', domain, `${shownWord(words.value)} is no name that ${subject} can ask for. Correct it`);
  }
  return undefined;
}

function wrongRcodes(words: Dispenser, option: CorefileToken, failover: boolean): Refusal | undefined {
  const args = words.remainingArgs();
  for (const token of args) {
    const name = words.valueOf(token).toUpperCase();
    if (!RCODE_NAMES.has(name)) return noneOf(words, subjectOf('forward', option), token, [...RCODE_NAMES], false);
    if (failover && name === 'NOERROR')
      return refuse('CF420', token, "forward can't treat NOERROR as a failure, it is a good answer. Remove it");
  }
  return wrongCount('forward', option, args, 1);
}

function wrongResolvers(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const args = words.remainingArgs();
  const wrong = args.find((token) => {
    const text = words.valueOf(token);
    return parseIp(splitHostPort(text)?.host ?? text) === undefined;
  });
  return wrong === undefined ? wrongCount('forward', option, args, 1) : notAnAddress(words, option, wrong);
}

function notAnAddress(words: Dispenser, option: CorefileToken, token: CorefileToken): Refusal {
  const text = shownWord(words.valueOf(token));
  return refuse(
    'CF306',
    token,
    `${subjectOf('forward', option)} needs an IP address, ${text} is none. Write one such as 192.0.2.1`,
  );
}
