/**
 * Comments that switch a rule off: `# dnscope: ignore CF503, CF504 -- the reason` for its own line, or for the next line
 * with words when it stands alone; `# dnscope: ignore-file CF604 -- the reason` for the whole file. Without a reason it
 * does nothing. What CoreDNS refuses can't be switched off: it would not start all the same.
 */
import type { CorefileTokens } from './lexer.ts';
import type { LineIndex } from './position.ts';

export interface Suppression {
  readonly codes: readonly string[];
  /** 1-based line it speaks of; `undefined`: the whole file. */
  readonly line: number | undefined;
  readonly reason: string;
  /** The comment's range. */
  readonly start: number;
  readonly end: number;
}

const FORM = /^#\s*dnscope:\s*(ignore-file|ignore)(?![\w-])([^]*)$/u;

/** Every suppression comment of the text itself, in order, also those without reason (`reason` is then empty). */
export function suppressionsOf(
  text: string,
  lines: LineIndex,
  { tokens, comments }: Pick<CorefileTokens, 'tokens' | 'comments'>,
): readonly Suppression[] {
  const found: Suppression[] = [];
  let next = 0;
  for (const { start, end, glued } of comments) {
    if (glued) continue;
    const match = FORM.exec(text.slice(start, end));
    if (match === null) continue;
    const [codes = '', ...reason] = (match[2] ?? '').split('--');
    while (next < tokens.length && (tokens[next]?.start ?? 0) < start) next += 1;
    const own = lines.positionAt(start).line;
    const before = tokens[next - 1];
    const shares = before !== undefined && before.file === '' && before.line + before.lineBreaks === own;
    const following = tokens[next]?.line ?? own;
    found.push({
      codes: codes.split(/[\s,]+/u).filter((code) => code !== ''),
      line: match[1] === 'ignore-file' ? undefined : shares ? own : following,
      reason: reason.join('--').trim(),
      start,
      end,
    });
  }
  return found;
}
