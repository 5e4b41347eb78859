import type { Rule } from './rule.ts';

/** A `"` that is never closed swallows the rest of the file. */
export const unterminatedQuote: Rule = {
  code: 'CF107',
  title: 'Quote is never closed',
  *check({ model, text }) {
    const start = model.corefile.unterminatedQuote;
    if (start === undefined) return;
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const last = text[end - 1] === '\r' ? end - 1 : end;
    // Refused only because of what the quote swallowed, as a rule the closing braces.
    const refused = model.corefile.problems.some(
      ({ kind }) => kind === 'unclosed-block' || kind === 'unclosed-snippet',
    );
    yield {
      severity: refused ? 'error' : 'warning',
      message: refused
        ? 'This quote is never closed: it swallows the rest of the file with its closing braces. Close it'
        : 'This quote is never closed: the rest of the file is one word. Close it',
      at: { start, end: Math.max(last, start + 1) },
      fixes: [{ title: 'Close the quote at the end of the line', edits: [{ start: last, end: last, newText: '"' }] }],
    };
  },
};
