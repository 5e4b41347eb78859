/**
 * What Go's text/template certainly refuses (text/template/parse of Go 1.26): actions that never end, blocks without `end`,
 * functions that don't exist. Everything else about an action is taken; whether a field exists shows only in use.
 * One pass over the text; the depth of blocks is a number, since only their balance counts.
 */
const FUNCTIONS = new Set(
  'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne parseInt'.split(' '),
);
const KEYWORDS = new Set('block break continue define else end if range nil template with true false'.split(' '));
/** A string, a raw string, a character, a field or variable, a number, a word, or any other character. */
const ITEM =
  /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|[.$][\p{L}\p{Nd}_]*|[0-9][\p{L}\p{Nd}_.]*|[\p{L}_][\p{L}\p{Nd}_]*|[^]/uy;

/** What is wrong, to follow the name of the option; `undefined` when nothing certainly is. */
export function textTemplateProblem(text: string): string | undefined {
  const blocks: string[] = [];
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', at)) {
    const comment = /\{\{(?:-[ \t\r\n])?\/\*/uy;
    comment.lastIndex = at;
    const opened = comment.exec(text);
    if (opened !== null) {
      const end = text.indexOf('*/', at + opened[0].length);
      if (end === -1) return 'has a comment that is never closed';
      const close = /(?:[ \t\r\n]-)?\}\}/uy;
      close.lastIndex = end + 2;
      const closed = close.exec(text);
      if (closed === null) return 'has a comment that stands beside something else';
      at = close.lastIndex;
      continue;
    }
    const action = readAction(text, at + 2);
    if (typeof action === 'string') return action;
    const problem = balance(action.words, blocks);
    if (problem !== undefined) return problem;
    at = action.end;
  }
  const open = blocks.pop();
  return open === undefined ? undefined : `has {{${open}}} without its {{end}}`;
}

interface Action {
  readonly words: readonly string[];
  /** Offset behind `}}`. */
  readonly end: number;
}

function readAction(text: string, start: number): Action | string {
  const words: string[] = [];
  let depth = 0;
  let empty = true;
  let stray: string | undefined;
  ITEM.lastIndex = start;
  for (;;) {
    const at = ITEM.lastIndex;
    if (text.startsWith('}}', at)) {
      if (depth > 0) return 'has a "(" that is never closed';
      if (stray !== undefined) return `has a ${stray} that means nothing there`;
      return empty ? 'has an empty {{}}' : { words, end: at + 2 };
    }
    const item = ITEM.exec(text)?.[0];
    if (item === undefined) return 'has a "{{" without its "}}"';
    if (/^\s$/u.test(item)) continue;
    if (item === '-' && /^(?:-\s|-\}\})/u.test(text.slice(at, at + 3))) continue;
    empty = false;
    if (item === '(') depth += 1;
    if (item === ')') depth -= 1;
    if (depth < 0) return 'has a ")" without its "("';
    if (item === '"' || item === "'" || item === '`') return `has a ${item} that is never closed`;
    if (/^[{}[\]<>!@#%^&*;?~\\/]$/u.test(item)) stray ??= item;
    if (!/^[\p{L}_]/u.test(item)) continue;
    words.push(item);
    if (!KEYWORDS.has(item) && !FUNCTIONS.has(item)) return `calls the function ${item}, which doesn't exist`;
  }
}

/** Opens and closes what the first word of an action stands for. */
function balance(words: readonly string[], blocks: string[]): string | undefined {
  const first = words[0] ?? '';
  if (['if', 'range', 'with', 'block', 'define'].includes(first)) blocks.push(first);
  else if (first === 'end' && blocks.pop() === undefined) return 'has {{end}} without a block';
  else if ((first === 'break' || first === 'continue') && !blocks.includes('range'))
    return `has {{${first}}} outside {{range}}`;
  else if (first === 'else' && blocks.length === 0) return 'has {{else}} without a block';
  return undefined;
}
