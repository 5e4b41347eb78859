import { unclosedBlock } from './cf101-unclosed-block.ts';
import { braceOnLine } from './cf104-brace-on-line.ts';
import { unterminatedQuote } from './cf107-unterminated-quote.ts';
import { importProblem } from './cf114-import.ts';
import { snippetProblem } from './cf116-snippet.ts';
import { unknownPlugin } from './cf119-unknown-plugin.ts';
import { trailingComma } from './cf123-trailing-comma.ts';
import type { Rule } from './rule.ts';

/** Words, braces, quotes, imports and snippets: CF1xx. */
export const syntaxRules: readonly Rule[] = [
  unclosedBlock,
  braceOnLine,
  unterminatedQuote,
  importProblem,
  snippetProblem,
  unknownPlugin,
  trailingComma,
];
