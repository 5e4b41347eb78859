import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { TYPE_NAMES } from './dnsNames.ts';
import { isDomainName, normalizeName, parseUint, zonesOfArgument } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, subjectOf, twice, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/** Types that no rule may allow: pseudo types, and those the plugin keeps to itself because they belong to DNSSEC. */
const BARRED: ReadonlySet<string> = new Set(
  (
    'None Reserved ATMA UNSPEC SIG KEY NXT DS RRSIG NSEC DNSKEY NSEC3 NSEC3PARAM TALINK CDS CDNSKEY ZONEMD TA DLV ' +
    'AXFR IXFR MAILA MAILB OPT TKEY TSIG'
  ).split(' '),
);

/** plugin/dynupdate/setup.go parse; zone file and database are not looked at. */
export const dynupdateSetup: PluginSetup = (words, { block }) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const zone = zoneOf(words, head, block);
  if (typeof zone !== 'string') return zone;
  const seen = new Set<string>();
  for (const option of optionsOf(words)) {
    const name = words.value;
    if (name !== 'allow' && seen.has(name))
      return refuse('CF427', option, `dynupdate option ${shownWord(name)} stands twice. Remove one`);
    seen.add(name);
    const refusal = wrongOption(words, option, name, zone);
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  if (again !== undefined) return twice('dynupdate', head, again);
  if (!seen.has('file'))
    return refuse('CF309', head, 'dynupdate needs the option file with the zone to begin with. Add it');
  if (!seen.has('allow'))
    return refuse('CF309', head, 'dynupdate needs at least one option allow. Add one such as "allow KEY * *"');
  return undefined;
};

/** parseOrigin: the zone of the stanza, else the only one of the server block. */
function zoneOf(words: Dispenser, head: CorefileToken, block: ServerBlockModel): string | Refusal {
  const args = words.remainingArgs();
  const surplus = wrongCount('dynupdate', head, args, 0, 1);
  if (surplus !== undefined) return surplus;
  const [token] = args;
  const zones = token === undefined ? block.zones : zonesOfArgument(words.valueOf(token));
  const [zone] = zones;
  if (zone !== undefined && zones.length === 1) return zone;
  return token === undefined
    ? refuse('CF304', head, 'dynupdate needs its zone, since this server block has several. Write dynupdate ZONE')
    : refuse('CF306', token, `dynupdate needs one zone, ${shownWord(words.valueOf(token))} is none. Correct it`);
}

function wrongOption(words: Dispenser, option: CorefileToken, name: string, zone: string): Refusal | undefined {
  const args = words.remainingArgs();
  const [first] = args;
  switch (name) {
    case 'database':
      return wrongCount('dynupdate', option, first !== undefined && words.valueOf(first) === '' ? [] : args, 1, 1);
    case 'file':
      return wrongCount('dynupdate', option, args, 1, 1);
    case 'max_records':
    case 'max_bytes':
    case 'max_update_records':
      return (
        wrongCount('dynupdate', option, args, 1, 1) ??
        (first === undefined ? undefined : wrongNumber(words, subjectOf('dynupdate', option), first, { min: 1 }))
      );
    case 'allow':
      return wrongCount('dynupdate', option, args, 3) ?? wrongPermission(words, args, zone);
    default:
      return unknownOption(words, 'dynupdate', option);
  }
}

/** parsePermission: `KEY NAME TYPE…`. */
function wrongPermission(words: Dispenser, args: readonly CorefileToken[], zone: string): Refusal | undefined {
  const [key, name, ...types] = args;
  if (key === undefined || name === undefined) return undefined;
  const keyText = words.valueOf(key);
  if (keyText.trim() === '' || keyText === '*' || keyText === '@' || !isDomainName(keyText))
    return refuse('CF306', key, `${shownWord(keyText)} is no name of a TSIG key. Write the key's name`);
  const nameText = words.valueOf(name);
  if (nameText !== '*' && nameText !== '@' && !(isDomainName(nameText) && isInZone(nameText, zone)))
    return refuse(
      'CF306',
      name,
      `${shownWord(nameText)} lies outside the zone ${shownWord(zone)}. Write a name in it, "@" or "*"`,
    );
  for (const type of types) {
    const text = words.valueOf(type);
    if (text === '*') {
      if (types.length > 1) return refuse('CF427', type, 'All types ("*") leave no room for others. Remove one');
    } else if (!isAllowedType(text.toUpperCase()))
      return refuse('CF306', type, `dynupdate can't allow type ${shownWord(text)}. Write a type of ordinary records`);
  }
  return undefined;
}

function isInZone(name: string, zone: string): boolean {
  const full = normalizeName(name);
  return zone === '.' || full === zone || full.endsWith(`.${zone}`);
}

function isAllowedType(name: string): boolean {
  if (TYPE_NAMES.has(name)) return !BARRED.has(name);
  const number = name.startsWith('TYPE') ? parseUint(name.slice(4), 16) : undefined;
  // Numbers count as good: which of them the DNS library has a record for isn't known here.
  return number !== undefined && number !== 0 && number !== 65_535;
}
