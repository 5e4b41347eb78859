/**
 * Cuts the source of a YAML scalar into the pieces its value is made of (YAML 1.2.2 §7.3 flow scalars, §8.1 block
 * scalars). The value itself comes from the YAML library; a reading here that does not give the same text is thrown away,
 * so a mistake costs precision and never puts a mark on the wrong word. One pass each, linear.
 */
import type { ScalarStyle, TextPiece } from './textPositions.ts';

export interface ScalarSource {
  /** The whole file. */
  readonly file: string;
  /** Block scalars: start of the first line below the header. Flow scalars: start, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly style: ScalarStyle;
  readonly value: string;
}

export interface ScalarPieces {
  readonly pieces: readonly TextPiece[];
  /** Blanks in front of each line of a block scalar. */
  readonly indent: string;
}

/** `undefined` when the pieces don't make up the value. */
export function scalarPieces(source: ScalarSource): ScalarPieces | undefined {
  const found = read(source);
  return found.pieces.map(({ text }) => text).join('') === source.value ? found : undefined;
}

function read(source: ScalarSource): ScalarPieces {
  switch (source.style) {
    case 'literal':
      return literal(source);
    case 'folded':
      return { pieces: folded(source), indent: '' };
    case 'plain':
      return { pieces: flow(source.file, source.start, source.end, 'plain'), indent: '' };
    case 'single':
    case 'double':
      return { pieces: flow(source.file, source.start + 1, source.end - 1, source.style), indent: '' };
  }
}

interface Line {
  readonly start: number;
  /** Before the line break. */
  readonly end: number;
  /** Behind the line break; equal to `end` on a last line without one. */
  readonly next: number;
}

function linesOf(file: string, start: number, end: number): readonly Line[] {
  const lines: Line[] = [];
  for (let at = start; at < end;) {
    const feed = file.indexOf('\n', at);
    const next = feed === -1 || feed >= end ? end : feed + 1;
    let stop = feed === -1 || feed >= end ? end : feed;
    if (stop > at && stop < next && file[stop - 1] === '\r') stop -= 1;
    lines.push({ start: at, end: stop, next });
    at = next;
  }
  return lines;
}

/** Lines of value and source stand side by side; the blanks that only the source has are the indentation. */
function literal({ file, start, end, value }: ScalarSource): ScalarPieces {
  const pieces: TextPiece[] = [];
  const wanted = value.split('\n');
  const lines = linesOf(file, start, end);
  const full = wanted.findIndex((line) => line !== '');
  const first = lines[full];
  const width = first === undefined ? 0 : first.end - first.start - (wanted[full] ?? '').length;
  for (const [index, line] of wanted.entries()) {
    const at = lines[index] ?? { start: end, end, next: end };
    const from = Math.min(at.start + width, at.end);
    if (line !== '') pieces.push({ text: file.slice(from, at.end), start: from, end: at.end });
    if (index < wanted.length - 1) pieces.push({ text: '\n', start: at.end, end: at.next });
  }
  return { pieces, indent: first === undefined ? '' : file.slice(first.start, first.start + Math.max(0, width)) };
}

/** The text of each line is sought in the value; between two of them there are only line breaks, or the one blank. */
function folded({ file, start, end, value }: ScalarSource): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  const lines = linesOf(file, start, end).filter((line) => file.slice(line.start, line.end).trim() !== '');
  const first = lines[0];
  if (first === undefined) return [{ text: value, start, end: start }];
  const lead = /^\n*/u.exec(value)?.[0].length ?? 0;
  const firstText = file.slice(first.start, first.end);
  const blanks = /^ */u.exec(value.slice(lead))?.[0].length ?? 0;
  const width = (/^ */u.exec(firstText)?.[0].length ?? 0) - blanks;
  let at = 0;
  let place = start;
  for (const line of lines) {
    const from = Math.min(line.start + Math.max(0, width), line.end);
    const text = file.slice(from, line.end);
    let found = at;
    while (!value.startsWith(text, found) && (value[found] === '\n' || value[found] === ' ')) found += 1;
    if (found > at) pieces.push({ text: value.slice(at, found), start: place, end: from });
    pieces.push({ text, start: from, end: line.end });
    at = found + text.length;
    place = line.end;
  }
  if (at < value.length) pieces.push({ text: value.slice(at), start: place, end });
  return pieces;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Runs of characters, with line folding (§6.5), doubled quotes (§7.3.2) and escapes (§5.7) between them. */
function flow(file: string, start: number, end: number, style: 'plain' | 'single' | 'double'): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let run = start;
  const flush = (to: number): void => {
    if (to > run) pieces.push({ text: file.slice(run, to), start: run, end: to });
  };
  for (let at = start; at < end;) {
    const character = file[at];
    if (character === '\n' || (character === '\r' && file[at + 1] === '\n')) {
      let blank = at;
      while (blank > run && isWhite(file[blank - 1])) blank -= 1;
      flush(blank);
      const behind = foldEnd(file, at, end);
      pieces.push({ text: behind.breaks === 1 ? ' ' : '\n'.repeat(behind.breaks - 1), start: blank, end: behind.at });
      run = at = behind.at;
    } else if (style === 'single' && character === "'" && file[at + 1] === "'") {
      flush(at);
      pieces.push({ text: "'", start: at, end: at + 2 });
      run = at += 2;
    } else if (style === 'double' && character === '\\') {
      flush(at);
      const piece = escape(file, at, end);
      pieces.push(piece);
      run = at = piece.end;
    } else at += 1;
  }
  flush(end);
  return pieces;
}

function isWhite(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** From a line break to the next character that isn't white. */
function foldEnd(file: string, start: number, end: number): { readonly at: number; readonly breaks: number } {
  let breaks = 0;
  let at = start;
  for (; at < end; at += 1) {
    const character = file[at];
    if (character === '\n') breaks += 1;
    else if (!isWhite(character) && character !== '\r') break;
  }
  return { at, breaks };
}

function escape(file: string, at: number, end: number): TextPiece {
  const letter = file[at + 1] ?? '';
  const digits = HEX_DIGITS[letter];
  if (digits !== undefined) {
    const code = Number.parseInt(file.slice(at + 2, at + 2 + digits), 16);
    const text = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    return { text, start: at, end: Math.min(end, at + 2 + digits) };
  }
  if (letter === '\n' || letter === '\r') {
    // An escaped line break joins; further empty lines count.
    const behind = foldEnd(file, at + 1, end);
    return { text: '\n'.repeat(behind.breaks - 1), start: at, end: behind.at };
  }
  return { text: ESCAPES[letter] ?? letter, start: at, end: at + 2 };
}
