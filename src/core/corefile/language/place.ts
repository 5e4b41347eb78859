import type { CorefileToken } from '../lexer.ts';
import { type Statement, type StatementBlock, type StatementRole, type StatementTree, rangeOf } from './statements.ts';

/** Where in the meaning of a Corefile an offset lies. */
export interface Place {
  /** `word`: on or where a word may be written. `none`: in a comment or at a brace. */
  readonly kind: 'word' | 'none';
  /** What the line is, or would be if a word were written here. */
  readonly role: StatementRole;
  /** The statement the word belongs to; `undefined` where a word would begin one. */
  readonly statement: Statement | undefined;
  /** Number of the word in its statement, 0 its name. */
  readonly index: number;
  /** The word that is there. */
  readonly token: CorefileToken | undefined;
  /** Range a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** Enclosing statements, outermost first, without `statement`. */
  readonly path: readonly Statement[];
  /** Statements of the block the place is in. */
  readonly siblings: readonly Statement[];
}

/**
 * The place at `offset`. A word counts from its first character to behind its last, because that is where it is written;
 * `touching: false` leaves out a word that begins at the offset, so that something can be written in front of it.
 */
export function placeAt(tree: StatementTree, offset: number, touching = true): Place {
  let siblings = tree.statements;
  let role: StatementRole = tree.fragment ? 'plugin' : 'server';
  const path: Statement[] = [];
  for (;;) {
    const statement = statementAround(siblings, offset);
    const block = statement?.block;
    if (statement === undefined || block === undefined || !isInside(block, offset)) break;
    path.push(statement);
    siblings = block.statements;
    role = innerRole(statement);
  }
  const none: Place = {
    kind: 'none',
    role,
    statement: undefined,
    index: 0,
    token: undefined,
    start: offset,
    end: offset,
    path,
    siblings,
  };
  if (tree.comments.some(({ start, end }) => start < offset && offset <= end)) return none;
  const token = tree.tokens.find((one) => (touching ? one.start <= offset : one.start < offset) && offset <= one.end);
  if (token !== undefined) {
    const owner = siblings.find(({ words }) => words.includes(token));
    if (owner === undefined) return none;
    const index = owner.words.indexOf(token);
    return {
      ...none,
      kind: 'word',
      role: owner.role,
      statement: owner,
      index,
      token,
      start: token.start,
      end: token.end,
    };
  }
  const before = siblings.findLast((one) => rangeOf(one).start < offset);
  if (before === undefined) return { ...none, kind: 'word' };
  const index = before.words.filter(({ end }) => end <= offset).length;
  const last = before.words[index - 1];
  const closed = before.block !== undefined && (before.block.open?.start ?? Infinity) < offset;
  if (last === undefined || closed)
    return sameLine(tree.text, rangeOf(before).end, offset) ? none : { ...none, kind: 'word' };
  const goesOn =
    sameLine(tree.text, last.end, offset) ||
    (before.role === 'server' && last.text.endsWith(',')) ||
    index < before.words.length;
  return goesOn ? { ...none, kind: 'word', role: before.role, statement: before, index } : { ...none, kind: 'word' };
}

function statementAround(statements: readonly Statement[], offset: number): Statement | undefined {
  return statements.findLast((one) => rangeOf(one).start < offset);
}

function isInside({ open, close, start, end }: StatementBlock, offset: number): boolean {
  const from = open === undefined ? start + 1 : start;
  return offset >= from && (close === undefined ? offset >= from : offset <= end);
}

function innerRole({ role }: Statement): StatementRole {
  if (role === 'server' || role === 'snippet') return 'plugin';
  return role === 'plugin' || role === 'import' ? 'option' : 'inner';
}

function sameLine(text: string, from: number, to: number): boolean {
  return !text.slice(from, to).includes('\n');
}

/** The server block, snippet, plugin or option statement that encloses a place (or is it). */
export function enclosing(place: Place, ...roles: readonly StatementRole[]): Statement | undefined {
  if (place.statement !== undefined && roles.includes(place.statement.role)) return place.statement;
  return place.path.findLast(({ role }) => roles.includes(role));
}
