import type { CorefileToken } from './lexer.ts';
import { beginsNewLine } from './tokenStream.ts';
import type { CorefileBraces, CorefileDirective, CorefileImport, CorefileLine } from './tree.ts';

/** Gives a directive's flat words their shape: arguments, block with lines (to any depth), and what follows the block. */
export function shapeDirective(
  tokens: readonly CorefileToken[],
  value: string | undefined,
  incomplete: boolean,
): CorefileDirective {
  const name = tokens[0];
  if (name === undefined) throw new Error('Invariant: a directive has at least its name');
  let index = 1;
  while (index < tokens.length && tokens[index]?.text !== '{') index += 1;
  const args = tokens.slice(1, index);
  const open = tokens[index];
  if (open === undefined)
    return { kind: 'directive', name, value, tokens, args, block: undefined, rest: [], incomplete };
  const { block, next } = readBraces(tokens, index, open);
  return { kind: 'directive', name, value, tokens, args, block, rest: tokens.slice(next), incomplete };
}

interface OpenBraces {
  readonly open: CorefileToken;
  readonly lines: (CorefileLine | CorefileImport)[];
  /** Words of the line being read. */
  line: CorefileToken[];
}

/** Reads balanced braces with an own stack, since depth is the author's choice. `next` is behind the closing brace. */
function readBraces(
  tokens: readonly CorefileToken[],
  from: number,
  open: CorefileToken,
): { block: CorefileBraces; next: number } {
  const stack: OpenBraces[] = [{ open, lines: [], line: [] }];
  let index = from + 1;
  for (; index < tokens.length; index += 1) {
    const token = tokens[index];
    const before = tokens[index - 1];
    const top = stack[stack.length - 1];
    if (token === undefined || before === undefined || top === undefined) break;
    if (token.text === '{') {
      stack.push({ open: token, lines: [], line: [] });
      continue;
    }
    if (token.text === '}') {
      const closed = close(stack, token);
      if (closed !== undefined) return { block: closed, next: index + 1 };
      continue;
    }
    if (top.line.length > 0 && beginsNewLine(before, token)) endLine(top, undefined);
    top.line.push(token);
  }
  for (;;) {
    const block = close(stack, undefined);
    if (block !== undefined) return { block, next: index };
  }
}

/** Closes the innermost braces into the line that opened them; the outermost come back. */
function close(stack: OpenBraces[], token: CorefileToken | undefined): CorefileBraces | undefined {
  const inner = stack.pop();
  if (inner === undefined) throw new Error('Invariant: only open braces are closed');
  endLine(inner, undefined);
  const block: CorefileBraces = { open: inner.open, close: token, lines: inner.lines };
  const outer = stack[stack.length - 1];
  if (outer === undefined) return block;
  endLine(outer, block);
  return undefined;
}

function endLine(braces: OpenBraces, block: CorefileBraces | undefined): void {
  const first = braces.line[0];
  if (first === undefined && block === undefined) return;
  if (first?.text === 'import' && block === undefined) {
    braces.lines.push({ kind: 'import', keyword: first, argument: braces.line[1] });
  } else braces.lines.push({ kind: 'line', tokens: braces.line, block });
  braces.line = [];
}
