import { pluginCatalogue } from '../pluginCatalogue.ts';
import { continuesLine } from '../tokenStream.ts';
import { type Rule, shown } from './rule.ts';

/** A backslash at the end of a line joins nothing: it is a word, or the last letter of one. */
export const lineContinuation: Rule = {
  code: 'CF113',
  title: 'Backslash at the end of a line',
  *check({ text, model }) {
    if (!text.includes('\\')) return;
    const { tokens } = model.corefile;
    for (const [index, token] of tokens.entries()) {
      const next = tokens[index + 1];
      if (token.quoted || !token.text.endsWith('\\') || next === undefined || continuesLine(token, next)) continue;
      // A path or pattern may end in one; a line that begins like any other doesn't look joined to it.
      if (token.text !== '\\' && (next.text === '}' || pluginCatalogue().has(next.text))) continue;
      let last = next;
      for (let at = index + 2; ; at += 1) {
        const word = tokens[at];
        if (word === undefined || !continuesLine(last, word)) break;
        last = word;
      }
      const between = text.slice(token.end, next.start);
      const edit = { start: token.end - 1, end: next.start, newText: token.text === '\\' ? '' : ' ' };
      yield {
        severity: 'warning',
        message: `A backslash doesn't join lines: CoreDNS reads ${shown(token.text)} as a word and begins anew on the next line. Put it all on one line`,
        at: token,
        claims: [{ start: token.start, end: last.text === '{' || last.text === '}' ? next.end : last.end }],
        fixes: between.trim() === '' ? [{ title: 'Join the lines', edits: [edit] }] : [],
      };
    }
  },
};
