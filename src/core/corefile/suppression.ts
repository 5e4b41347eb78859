/**
 * Comments that switch a rule off: `# dnscope: ignore CF503, CF504 -- the reason` for its own line, or for the next line
 * with words when it stands alone; `# dnscope: ignore-file CF604 -- the reason` for the whole file. Without a reason it
 * does nothing. What CoreDNS refuses can't be switched off: it would not start all the same.
 */
import { firstIndex } from '../../base/firstIndex.ts';
import { oncePer } from './oncePer.ts';
import type { Corefile } from './tree.ts';

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

/** A text with its words and comments. */
export type Words = Pick<Corefile, 'text' | 'lines' | 'tokens' | 'comments'>;

/** Every suppression comment of the text itself, in order, also those without reason (`reason` is then empty). */
export const suppressionsOf = oncePer(({ text, lines, tokens, comments }: Words): readonly Suppression[] => {
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
});

/** Suppressions by code, so that each diagnostic is looked up among its own. Those without a reason do nothing. */
export class Suppressions {
  /** In order; a comment never speaks of an earlier line than the comment before it. */
  readonly #lines = new Map<string, Suppression[]>();
  readonly #files = new Map<string, Suppression>();

  constructor(words: Words) {
    for (const suppression of suppressionsOf(words)) {
      if (suppression.reason === '') continue;
      for (const code of suppression.codes) this.#add(code, suppression);
    }
  }

  /** The first that switches `code` off for something between two lines, both included. */
  find(code: string, firstLine: number, lastLine: number): Suppression | undefined {
    const whole = this.#files.get(code);
    const own = this.#lines.get(code) ?? [];
    const found = own[firstIndex(0, own.length, (index) => (own[index]?.line ?? 0) >= firstLine)];
    if (found?.line === undefined || found.line > lastLine) return whole;
    return whole !== undefined && whole.start < found.start ? whole : found;
  }

  #add(code: string, suppression: Suppression): void {
    if (suppression.line === undefined) {
      if (!this.#files.has(code)) this.#files.set(code, suppression);
      return;
    }
    const known = this.#lines.get(code);
    if (known === undefined) this.#lines.set(code, [suppression]);
    else known.push(suppression);
  }
}
