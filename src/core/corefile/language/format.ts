/**
 * The formatter. It only ever changes the white space between words and comments: lines keep their words, words their
 * quotes, comments their text. What it sets: four blanks (or what the editor says) for each open brace, one blank between
 * words, at most one empty line, none behind `{`, before `}` or at the top, one line break at the end.
 *
 * Invariant: the words CoreDNS reads, and which of them share a line, are the same before and after; formatting twice
 * changes nothing more.
 * Why not: breaking or joining lines. CoreDNS reads lines, and `a {` differs from `a` and `{` for some plugins.
 */
import type { Edit } from '../edit.ts';
import { isBlank } from '../lexer.ts';
import { parseCorefile } from '../parser.ts';

export interface FormatOptions {
  /** One step of indentation: blanks, or a tab. */
  readonly indent?: string;
  /** The text is what stands between the braces of one server block. */
  readonly fragment?: boolean;
}

export interface FormatResult {
  /** In order; only where something changes. */
  readonly edits: readonly Edit[];
  /** Why nothing was formatted; one sentence for the user. */
  readonly problem: string | undefined;
}

/** A word or a comment. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly brace: '{' | '}' | undefined;
  /** A comment that touches its word: apart from it, it would reach to the end of the line. */
  readonly glued: boolean;
}

const MAX_DEPTH = 50;
const BYTE_ORDER_MARK = 0xfeff;

export function formatCorefile(text: string, { indent = '    ', fragment = false }: FormatOptions = {}): FormatResult {
  const { tokens, comments, problems, unterminatedQuote, lines } = parseCorefile(text, { fragment });
  const at = unterminatedQuote ?? problems[0]?.token.start;
  if (at !== undefined) {
    const { line } = lines.positionAt(at);
    return { edits: [], problem: `CoreDNS can’t read line ${line}; it is formatted once that is mended` };
  }
  const pieces: Piece[] = [
    ...tokens.map(({ start, end, text: word }): Piece => ({
      start,
      end,
      brace: word === '{' || word === '}' ? word : undefined,
      glued: false,
    })),
    ...comments.map(({ start, end, glued }): Piece => ({
      start,
      end: trimmed(text, start, end),
      brace: undefined,
      glued,
    })),
  ].sort((a, b) => a.start - b.start);
  const edits: Edit[] = [];
  let depth = 0;
  let from = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  let before: Piece | undefined;
  for (const piece of pieces) {
    const own = Math.max(0, Math.min(MAX_DEPTH, piece.brace === '}' ? depth - 1 : depth));
    const gap = text.slice(from, piece.start);
    // A byte order mark is one only at the very start: a word that begins with it may not come to stand there.
    const kept =
      before === undefined && from === 0 && text.charCodeAt(piece.start) === BYTE_ORDER_MARK ? '\n' : undefined;
    change(edits, from, gap, kept ?? wanted(gap, indent.repeat(own), before, piece));
    if (piece.brace !== undefined) depth = Math.max(0, depth + (piece.brace === '{' ? 1 : -1));
    before = piece;
    from = piece.end;
  }
  change(edits, from, text.slice(from), pieces.length === 0 ? '' : lineBreakOf(text));
  return { edits, problem: undefined };
}

function wanted(gap: string, indentation: string, before: Piece | undefined, piece: Piece): string {
  if (before === undefined) return indentation;
  if (piece.glued) return gap;
  const breaks = gap.split('\n').length - 1;
  if (breaks === 0) return gap === '' ? '' : ' ';
  const eol = gap.includes('\r\n') ? '\r\n' : '\n';
  const empty = breaks > 1 && before.brace !== '{' && piece.brace !== '}';
  return `${eol}${empty ? eol : ''}${indentation}`;
}

function change(edits: Edit[], start: number, gap: string, newText: string): void {
  if (gap !== newText) edits.push({ start, end: start + gap.length, newText });
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** End of a comment without the blanks behind it. */
function trimmed(text: string, start: number, end: number): number {
  let at = end;
  while (at > start + 1 && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}
