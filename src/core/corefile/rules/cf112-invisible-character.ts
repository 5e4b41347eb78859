import type { Edit } from '../edit.ts';
import { type Rule, shown } from './rule.ts';

/** Format characters (zero-width, soft hyphen, bidirectional controls), and a carriage return that ends no line. */
const HIDDEN = /\p{Cf}|\r(?!\n)/u;
const EACH_HIDDEN = /\p{Cf}|\r(?!\n)/gu;

/** A character nobody sees is part of a word: it separates nothing. */
export const invisibleCharacter: Rule = {
  code: 'CF112',
  title: 'Invisible character in a word',
  *check({ text, model }) {
    if (!HIDDEN.test(text)) return;
    for (const { start, end, quoted } of model.corefile.tokens) {
      const raw = text.slice(start, end);
      // In quotes a carriage return stays as it is.
      const found = [...raw.matchAll(EACH_HIDDEN)].filter(([character]) => !quoted || character !== '\r');
      const first = found[0]?.[0];
      if (first === undefined) continue;
      const isReturn = found.some(([character]) => character === '\r');
      yield {
        severity: 'warning',
        message: isReturn
          ? `A lone carriage return separates nothing: CoreDNS reads ${shown(raw)} as one word. Use line feeds`
          : `${shown(raw)} holds a character that can't be seen, CoreDNS reads it as part of the word. Remove it`,
        at: { start, end },
        claims: [{ start, end }],
        fixes: [
          {
            title: isReturn ? 'Use line feeds' : 'Remove invisible characters',
            edits: found.map((match): Edit => {
              const at = start + match.index;
              return { start: at, end: at + match[0].length, newText: match[0] === '\r' ? '\n' : '' };
            }),
          },
        ],
      };
    }
  },
};
