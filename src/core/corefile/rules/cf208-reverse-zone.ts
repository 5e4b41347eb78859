import { parseCidr, parseIp } from '../ipAddress.ts';
import type { CorefileToken } from '../lexer.ts';
import { splitTransport } from '../serverKey.ts';
import { type Finding, type Rule, liveBlocks, shown, valueOf } from './rule.ts';

/** A network or reverse zone that is written wrong is a name like any other, and nobody asks for it. */
export const reverseZone: Rule = {
  code: 'CF208',
  title: 'Reverse zone is written wrong',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { token, value } of block.node.keys) {
        const finding = value === undefined ? undefined : judge(token, value);
        if (finding !== undefined) yield finding;
      }
      for (const { args } of block.plugins.get('kubernetes') ?? []) {
        for (const token of args) {
          const value = valueOf(context, token);
          const finding = value === undefined ? undefined : judge(token, value);
          if (finding !== undefined) yield finding;
        }
      }
    }
  },
};

function judge(token: CorefileToken, value: string): Finding | undefined {
  // Nearly every word ends here: only names with a slash or the word arpa can be meant as reverse zones.
  if (!/\/|arpa/iu.test(value)) return undefined;
  const { rest } = splitTransport(value);
  const [, zone = rest, port = ''] = /^(.*?)(:\d+)?$/su.exec(rest) ?? [];
  const head = value.slice(0, value.length - rest.length);
  const { wrong, right } = wrongMask(zone) ?? wrongArpa(zone) ?? {};
  if (wrong === undefined) return undefined;
  const newText = right === undefined ? undefined : `${head}${right}${port}`;
  const message = `${wrong}, so ${shown(zone)} is a name that nobody asks for. ${right === undefined ? 'Correct it' : `Write ${shown(right)}`}`;
  const fixable = newText !== undefined && token.text === value && !token.quoted && token.file === '';
  return {
    severity: 'warning',
    message,
    at: token,
    fixes: fixable
      ? [{ title: `Write ${shown(newText)}`, edits: [{ start: token.start, end: token.end, newText }] }]
      : [],
  };
}

interface Mistake {
  readonly wrong: string;
  readonly right?: string;
}

function wrongMask(zone: string): Mistake | undefined {
  const slash = zone.indexOf('/');
  if (slash === -1) return undefined;
  const ip = parseIp(zone.slice(0, slash));
  if (ip === undefined || parseCidr(zone) !== undefined) return undefined;
  const mask = zone.slice(slash + 1);
  const bits = ip.family === 4 ? parseIp(mask) : undefined;
  if (bits?.family === 4) {
    const ones = bits.bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const wrong = 'A mask is written as the number of its bits';
    return /^1*0*$/u.test(ones)
      ? { wrong, right: `${zone.slice(0, slash)}/${ones.replaceAll('0', '').length}` }
      : { wrong };
  }
  return { wrong: `A mask is a number from 0 to ${ip.family === 4 ? 32 : 128}` };
}

function wrongArpa(zone: string): Mistake | undefined {
  const [, front = '', arpa = '', dot = ''] =
    /^(.*?)((?:in|ip6|ipv6|ip4|inaddr)[-._]?(?:addr)?[-._]arpa)(\.?)$/iu.exec(zone) ?? [];
  if (arpa === '' || (front !== '' && !front.endsWith('.'))) return undefined;
  const name = /^ip(?:v)?6/iu.test(arpa) ? 'ip6.arpa' : 'in-addr.arpa';
  if (arpa.toLowerCase() !== name)
    return { wrong: `The reverse zone is called ${name}`, right: `${front}${name}${dot}` };
  if (name !== 'in-addr.arpa') return undefined;
  const octets = front.split('.').slice(0, -1);
  const reversed = octets.toReversed();
  if (octets.length < 2 || !isPrivate(octets) || isPrivate(reversed)) return undefined;
  return { wrong: 'The octets of a reverse zone stand backwards', right: `${reversed.join('.')}.${arpa}${dot}` };
}

/** RFC 1918: the only networks whose octets tell in which direction they stand. */
function isPrivate([first = '', second = '']: readonly string[]): boolean {
  if (first === '10') return true;
  if (first === '192') return second === '168';
  return first === '172' && /^(?:1[6-9]|2\d|3[01])$/u.test(second);
}
