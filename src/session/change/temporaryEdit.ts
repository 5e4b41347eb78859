/**
 * The two edits that a temporary change makes in a Corefile, exact to the token, and their way back. Each edited line carries
 * a mark, so that the way back needs nothing but the text: our `log` lines are taken out, our commented `cache` lines get
 * their words back. Everything else keeps its bytes.
 * Invariant: `withoutTemporaryEdits(edited, kind) === before` for the text that was edited.
 */
import type { Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CorefileToken } from '../../core/corefile/lexer.ts';
import type { CorefileModel, ServerBlockModel } from '../../core/corefile/model.ts';
import type { TemporaryKind, TemporaryStep } from './corefileChangeTypes.ts';

const LOG_MARK = '# dnscope.dev/temporary query-log';
const CACHE_MARK = '# dnscope.dev/temporary cache-off: ';

/** The whole text of a key of our own, where a platform wants changes in imported files. */
export const LOG_OVERRIDE = `log ${LOG_MARK}\n`;

export interface TemporaryEdit {
  readonly text: string;
  readonly steps: readonly TemporaryStep[];
  readonly cannot: readonly Problem[];
}

/** @param model of the same text, imports put in where they are known */
export function temporaryEdit(text: string, model: CorefileModel, kind: TemporaryKind): TemporaryEdit {
  return kind === 'query-log' ? switchLogOn(text, model) : switchCacheOff(text, model);
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

function switchLogOn(text: string, model: CorefileModel): TemporaryEdit {
  const changes = new Map<number, Change>();
  const steps: TemporaryStep[] = [];
  const cannot: Problem[] = [];
  for (const block of blocksOf(model)) {
    const name = nameOf(block);
    if (block.plugins.has('log')) {
      const stanza = block.plugins.get('log')?.[0];
      // `log` with a zone or a class writes only part of the queries; a second one would write those twice.
      const isWhole = stanza !== undefined && stanza.args.length === 0 && stanza.options.length === 0;
      if (!isWhole)
        cannot.push(problem('log-is-narrow', `Block ${name} logs some of its queries already; that stays as it is`));
      continue;
    }
    const open = block.node.open;
    if (open === undefined || open.file !== '' || !endsLine(text, open.end)) {
      cannot.push(
        problem(
          'no-place-for-log',
          `Block ${name} has its plugins on the line of its brace or none; put log there by hand`,
        ),
      );
      continue;
    }
    const at = lineEnd(text, open.end) + 1;
    const indent = indentOf(text, block.node.body[0]?.kind === 'directive' ? block.node.body[0].name : undefined);
    const lineBreak = text[at - 2] === '\r' ? '\r\n' : '\n';
    changes.set(at, { start: at, end: at, newText: `${indent}log ${LOG_MARK}${lineBreak}` });
    steps.push({ block: name, line: open.line, text: `log is put into block ${name}` });
  }
  return { text: applied(text, [...changes.values()]), steps, cannot };
}

function switchCacheOff(text: string, model: CorefileModel): TemporaryEdit {
  const changes = new Map<number, Change>();
  const steps: TemporaryStep[] = [];
  const cannot: Problem[] = [];
  for (const block of blocksOf(model)) {
    const name = nameOf(block);
    const tokens = block.words.get('cache') ?? [];
    if (block.incomplete)
      cannot.push(
        problem('import-unknown', `Block ${name} imports files that are not known here; a cache in them stays on`),
      );
    if (tokens.length === 0) continue;
    const foreign = tokens.find(({ file }) => file !== '')?.file;
    if (foreign !== undefined) {
      cannot.push(
        problem('cache-imported', `The cache of block ${name} stands in ${visibleText(foreign)}; switch it off there`),
      );
      continue;
    }
    const lines = linesOf(text, tokens);
    if (lines === undefined || model.corefile.tokens.some((token) => isStranger(token, tokens, lines))) {
      cannot.push(
        problem(
          'cache-shares-line',
          `The cache of block ${name} shares a line with something else; switch it off by hand`,
        ),
      );
      continue;
    }
    for (const { start } of lines) changes.set(start, { start, end: start, newText: CACHE_MARK });
    steps.push({ block: name, line: tokens[0]?.line ?? 0, text: `cache in block ${name} is commented out` });
  }
  if (steps.length === 0 && cannot.length === 0)
    cannot.push(problem('no-cache', 'No server block has the cache plugin: there is nothing to switch off'));
  return { text: applied(text, [...changes.values()]), steps, cannot };
}

/** The text as it was before, as far as our marked lines are still there. */
export function withoutTemporaryEdits(text: string, kind: TemporaryKind): string {
  const lines = text.split('\n');
  const kept =
    kind === 'query-log'
      ? lines.filter((line) => line.trim() !== `log ${LOG_MARK}`)
      : lines.map((line) => {
          const at = line.indexOf(CACHE_MARK);
          return at >= 0 && line.slice(0, at).trim() === ''
            ? line.slice(0, at) + line.slice(at + CACHE_MARK.length)
            : line;
        });
  return kept.join('\n');
}

const problem = (code: string, detail: string): Problem => ({ code, detail });

/** Blocks that serve something and stand in this text. */
function blocksOf({ blocks }: CorefileModel): readonly ServerBlockModel[] {
  return blocks.filter(({ node, plugins }) => plugins.size > 0 && node.keys[0]?.token.file === '');
}

const nameOf = ({ node }: ServerBlockModel): string => visibleText(node.keys.map(({ token }) => token.text).join(' '));

function applied(text: string, changes: readonly Change[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, newText } of changes.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(from, start) + newText;
    from = end;
  }
  return result + text.slice(from);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Only blanks or a comment until the line's end, and there is a next line. */
function endsLine(text: string, from: number): boolean {
  const end = lineEnd(text, from);
  const rest = text.slice(from, end).trim();
  return end < text.length && (rest === '' || rest.startsWith('#'));
}

function indentOf(text: string, token: CorefileToken | undefined): string {
  if (token?.file !== '') return '    ';
  const start = text.lastIndexOf('\n', token.start) + 1;
  const before = text.slice(start, token.start);
  return before.trim() === '' ? before : '    ';
}

interface Line {
  /** Offset of the first character that is no blank. */
  readonly start: number;
  readonly end: number;
}

/** The lines from the first to the last word; `undefined` when a word spans lines. */
function linesOf(text: string, tokens: readonly CorefileToken[]): readonly Line[] | undefined {
  const lines = new Map<number, Line>();
  for (const token of tokens) {
    if (token.lineBreaks > 0) return undefined;
    const lineStart = text.lastIndexOf('\n', token.start - 1) + 1;
    const end = lineEnd(text, token.end);
    let start = lineStart;
    while (start < end && (text[start] === ' ' || text[start] === '\t')) start += 1;
    lines.set(lineStart, { start, end });
  }
  return [...lines.values()];
}

/** A word of something else on one of the lines. */
function isStranger(token: CorefileToken, own: readonly CorefileToken[], lines: readonly Line[]): boolean {
  if (!lines.some(({ start, end }) => token.end > start && token.start < end)) return false;
  return !own.some(({ start }) => start === token.start);
}
