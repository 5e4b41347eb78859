import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { firstRefusal } from './firstRefusal.ts';
import { parseGoUrl } from './goUrl.ts';
import { parseInteger, parseIp, splitHostPort } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  braceAsArgument,
  noneOf,
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  unknownOption,
  wrongCount,
} from './refuse.ts';

const CLIENT_AUTH = ['nocert', 'request', 'require', 'verify_if_given', 'require_and_verify'];

/** plugin/tls/tls.go parseTLS: certificate and key from files, or from an ACME server. No file is opened here. */
export const tlsSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const args = words.remainingArgs();
    const refusal = args.length === 0 ? wrongAcme(words, name) : wrongManual(words, name, args);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function wrongManual(words: Dispenser, name: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const wrong = wrongCount('tls', name, args, 2, 3);
  if (wrong !== undefined) return wrong;
  for (const option of optionsOf(words)) {
    const optionName = words.valueOf(option);
    if (optionName !== 'client_auth' && optionName !== 'keylog') return unknownOption(words, 'tls', option);
    const values = words.remainingArgs();
    const [value] = values;
    const refusal =
      wrongCount('tls', option, values, 1, 1) ??
      (optionName === 'client_auth' && value !== undefined
        ? noneOf(words, subjectOf('tls', option), value, CLIENT_AUTH)
        : undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function wrongAcme(words: Dispenser, name: CorefileToken): Refusal | undefined {
  const values = new Map<string, readonly CorefileToken[]>();
  for (const option of optionsOf(words)) {
    const optionName = words.valueOf(option);
    const args = words.remainingArgs();
    if (!['acme', 'email', 'ca', 'storage', 'ca_root', 'resolver'].includes(optionName))
      return unknownOption(words, 'tls', option);
    if (values.has(optionName))
      return refuse('CF427', option, `tls takes its option ${optionName} once, this is the second. Remove one`);
    const wrong = wrongCount('tls', option, args, 1, optionName === 'acme' ? Infinity : 1);
    if (wrong !== undefined) return wrong;
    values.set(optionName, args);
  }
  const domains = values.get('acme');
  if (domains === undefined)
    return refuse(
      'CF304',
      name,
      'tls needs a certificate and a key, or a block with acme and a domain. Add what is missing',
    );
  return (
    firstRefusal(domains, (token) => wrongDomain(words, token)) ??
    firstRefusal(values.get('ca') ?? [], (token) => wrongCa(words, token)) ??
    firstRefusal(values.get('resolver') ?? [], (token) => wrongResolver(words, token))
  );
}

/** plugin/tls/acme.go normalizeACMEDomain; what only IDNA refuses is taken. */
function wrongDomain(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const name = text.replace(/\.$/u, '').replace(/^\*\./u, '');
  if (text === '}') return braceAsArgument('tls option acme', token);
  if (name !== '' && !name.includes('*') && parseIp(name) === undefined) return undefined;
  return refuse(
    'CF306',
    token,
    `tls option acme needs a domain, ${shownWord(text)} is none. Write one such as dns.example.org`,
  );
}

function wrongCa(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const url = parseGoUrl(text);
  if (url !== undefined && ['http', 'https'].includes(url.scheme) && url.host !== '') return undefined;
  if (text === '}') return braceAsArgument('tls option ca', token);
  return refuse(
    'CF306',
    token,
    `tls option ca needs a URL with http or https, ${shownWord(text)} is none. Write the directory's URL`,
  );
}

function wrongResolver(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (text === '') return undefined;
  const split = splitHostPort(text);
  const port = split === undefined ? undefined : parseInteger(split.port);
  if (split !== undefined && split.host !== '' && port !== undefined && port >= 1 && port <= 65_535) return undefined;
  if (text === '}') return braceAsArgument('tls option resolver', token);
  return refuse(
    'CF306',
    token,
    `tls option resolver needs an address with a port, ${shownWord(text)} is none. Write one such as 192.0.2.53:53`,
  );
}
