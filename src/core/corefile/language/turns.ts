import { executionOrder } from '../pluginCatalogue.ts';
import { pluginsIn } from './snippets.ts';
import type { Statement, StatementTree } from './statements.ts';

export interface Turn {
  /** From 1, among the plugins that the block has; stanzas of one plugin share it. */
  readonly turn: number;
  readonly of: number;
}

/**
 * When each plugin of a server block runs: in the order CoreDNS was built with, wherever it stands in the text. Plugins
 * of imported snippets count; what the release doesn't hold has no turn.
 */
export function turnsIn(
  tree: StatementTree,
  statements: readonly Statement[],
  version: string,
): ReadonlyMap<string, Turn> {
  const present = new Set(pluginsIn(tree, statements));
  const running = executionOrder(version).filter((name) => present.has(name));
  return new Map(running.map((name, index) => [name, { turn: index + 1, of: running.length }]));
}

export interface OrderHint {
  /** Behind the plugin's name. */
  readonly offset: number;
  /** `3rd` */
  readonly label: string;
  readonly explanation: string;
}

/** A hint behind each plugin of each server block that has at least two. */
export function orderHints(tree: StatementTree, version: string): readonly OrderHint[] {
  const hints: OrderHint[] = [];
  const blocks = tree.fragment ? [tree.statements] : tree.statements.map(blockOfServer);
  for (const statements of blocks) {
    const turns = turnsIn(tree, statements, version);
    if (turns.size < 2) continue;
    for (const { role, words } of statements) {
      const name = words[0];
      const turn = name === undefined || role !== 'plugin' ? undefined : turns.get(name.text);
      if (name === undefined || turn === undefined) continue;
      hints.push({ offset: name.end, label: ordinal(turn.turn), explanation: explainTurn(turn) });
    }
  }
  return hints;
}

export function explainTurn({ turn, of }: Turn): string {
  return `Runs ${ordinal(turn)} of the ${of} plugins in this block, wherever it stands.`;
}

function blockOfServer({ role, block }: Statement): readonly Statement[] {
  return role === 'server' ? (block?.statements ?? []) : [];
}

export function ordinal(number: number): string {
  const tens = number % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}
