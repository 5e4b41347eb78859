import type { CorefileKey } from '../tree.ts';
import { type Finding, type Rule, liveBlocks, replaceToken, shown } from './rule.ts';

/** A server key is compared letter by letter: `*` stands for nothing else, and names on the wire are ASCII. */
export const literalKey: Rule = {
  code: 'CF211',
  title: 'Wildcard or non-ASCII letter in a server key',
  *check(context) {
    for (const { node } of liveBlocks(context)) {
      for (const key of node.keys) {
        const finding = key.value === undefined ? undefined : judge(key, key.value);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

function judge({ token }: CorefileKey, value: string): Finding | undefined {
  const name = shown(value);
  if (/(?:^|[./])\*/u.test(value)) {
    const message = `"*" stands for nothing in a server key: ${name} is served for that very name only. A zone holds all names below it, write it without "*."`;
    const bare = value.replace(/^((?:\w+:\/\/)?)\*\./u, '$1');
    const fixable = token.text === value && !token.quoted && token.file === '' && !bare.includes('*');
    return {
      severity: 'warning',
      message,
      at: token,
      fixes: fixable ? [{ title: `Write ${shown(bare)}`, edits: [replaceToken(token, bare)] }] : [],
    };
  }
  // Invisible characters are CF112's.
  if (!/[\u0080-\u{10ffff}]/u.test(value) || /\p{Cf}/u.test(value)) return undefined;
  const message = `Names on the wire are ASCII, so nobody ever asks for ${name}. Write its xn-- form (Punycode)`;
  return { severity: 'warning', message, at: token };
}
