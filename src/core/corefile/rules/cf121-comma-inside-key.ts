import type { CorefileToken } from '../lexer.ts';
import { type Finding, type Rule, shown } from './rule.ts';

/** A comma separates keys only at the end of a word. */
export const commaInsideKey: Rule = {
  code: 'CF121',
  title: 'Comma inside a server key',
  *check({ model, text }) {
    for (const { node } of model.blocks) {
      for (const [index, { token, value }] of node.keys.entries()) {
        const before = node.keys[index - 1]?.token;
        if (value === '' && token.text === ',') yield alone(text, token, before);
        else if (value?.includes(',') === true) yield inside(token, value);
      }
    }
  },
};

function alone(text: string, token: CorefileToken, before: CorefileToken | undefined): Finding {
  const joinable = before?.file === '' && token.file === '' && text.slice(before.end, token.start).trim() === '';
  return {
    severity: 'error',
    message: 'A comma on its own is an empty server key, which CoreDNS refuses. Put it at the end of the key before it',
    at: token,
    claims: [{ start: token.start, end: token.end }],
    fixes: joinable
      ? [{ title: 'Join the comma to the key', edits: [{ start: before.end, end: token.start, newText: '' }] }]
      : [],
  };
}

function inside(token: CorefileToken, value: string): Finding {
  const parts = token.text.split(',').filter((part) => part !== '');
  const newText = parts.join(', ') + (token.text.endsWith(',') ? ',' : '');
  return {
    severity: 'warning',
    message: `CoreDNS reads ${shown(value)} as one zone, commas included. Put a blank behind each comma`,
    at: token,
    claims: [{ start: token.start, end: token.end }],
    fixes:
      token.file === '' && !token.quoted && parts.length > 0
        ? [{ title: `Write ${shown(newText)}`, edits: [{ start: token.start, end: token.end, newText }] }]
        : [],
  };
}
