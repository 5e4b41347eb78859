import type { CorefileToken } from '../lexer.ts';
import type { Refusal } from './pluginSetup.ts';

/** The first refusal that `judgeOne` finds among some words. */
export function firstRefusal(
  tokens: readonly CorefileToken[],
  judgeOne: (token: CorefileToken) => Refusal | undefined,
): Refusal | undefined {
  for (const token of tokens) {
    const refusal = judgeOne(token);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
