import { unclosedBlock } from './cf101-unclosed-block.ts';
import { extraBrace } from './cf102-extra-brace.ts';
import { gluedBraceRule } from './cf103-glued-brace.ts';
import { braceOnLine } from './cf104-brace-on-line.ts';
import { braceOnNextLine } from './cf105-brace-on-next-line.ts';
import { wordsAfterBrace } from './cf106-words-after-brace.ts';
import { unterminatedQuote } from './cf107-unterminated-quote.ts';
import { quoteInsideWord } from './cf108-quote-inside-word.ts';
import { gluedComment } from './cf109-glued-comment.ts';
import { foreignQuotes } from './cf110-foreign-quotes.ts';
import { quotesInExpression } from './cf111-quotes-in-expression.ts';
import { invisibleCharacter } from './cf112-invisible-character.ts';
import { lineContinuation } from './cf113-line-continuation.ts';
import { importProblem } from './cf114-import.ts';
import { importWithoutMatch } from './cf115-import-without-match.ts';
import { snippetProblem } from './cf116-snippet.ts';
import { newerCaddySyntax } from './cf117-newer-caddy-syntax.ts';
import { variable } from './cf118-variable.ts';
import { unknownPlugin } from './cf119-unknown-plugin.ts';
import { keysOnTwoLines } from './cf120-keys-on-two-lines.ts';
import { commaInsideKey } from './cf121-comma-inside-key.ts';
import { unusedSnippet } from './cf122-unused-snippet.ts';
import { trailingComma } from './cf123-trailing-comma.ts';
import type { Rule } from './rule.ts';

/** Words, braces, quotes, imports and snippets: CF1xx. */
export const syntaxRules: readonly Rule[] = [
  unclosedBlock,
  extraBrace,
  gluedBraceRule,
  braceOnLine,
  braceOnNextLine,
  wordsAfterBrace,
  unterminatedQuote,
  quoteInsideWord,
  gluedComment,
  foreignQuotes,
  quotesInExpression,
  invisibleCharacter,
  lineContinuation,
  importProblem,
  importWithoutMatch,
  snippetProblem,
  newerCaddySyntax,
  variable,
  unknownPlugin,
  keysOnTwoLines,
  commaInsideKey,
  unusedSnippet,
  trailingComma,
];
