/**
 * Where a misread structure ends, and which word stands next in the file itself: for rules that claim what follows from
 * their finding. Computed once per model; a look-up costs O(1), the next word O(log words).
 */
import { firstIndex } from '../../../base/firstIndex.ts';
import type { CorefileToken } from '../lexer.ts';
import type { CorefileModel, ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import type { CorefileServerBlock } from '../tree.ts';

/**
 * From `token` of `block`, which made CoreDNS misread the structure, to the end of what is misread: that block and the
 * blocks behind it that never got a `{` of their own. For a word of an imported file only the word itself.
 */
export function misreadRange(
  model: CorefileModel,
  block: ServerBlockModel,
  token: CorefileToken,
): { readonly start: number; readonly end: number } {
  const end = token.file === '' ? (endsOf(model).get(block) ?? token.end) : token.end;
  return { start: token.start, end: Math.max(end, token.end) };
}

const endsOf = oncePer(({ blocks }: CorefileModel): ReadonlyMap<ServerBlockModel, number> => {
  const found = new Map<ServerBlockModel, number>();
  let behind: { readonly open: boolean; readonly end: number } | undefined;
  for (const block of blocks.toReversed()) {
    const own = lastWord(block.node)?.end ?? 0;
    const end: number = behind?.open === false ? Math.max(own, behind.end) : own;
    found.set(block, end);
    behind = { open: block.node.open !== undefined, end };
  }
  return found;
});

/** The last word of a server block that stands in the file itself. */
function lastWord({ keys, open, close, body }: CorefileServerBlock): CorefileToken | undefined {
  if (close?.file === '') return close;
  for (const item of body.toReversed()) {
    const words = item.kind === 'import' ? [item.keyword, item.argument] : item.tokens;
    const last = words.findLast((word) => word?.file === '');
    if (last !== undefined) return last;
  }
  return open ?? keys[keys.length - 1]?.token;
}

/** The first word of the file itself that begins at `offset` or behind it. */
export function wordFrom({ corefile: { tokens } }: CorefileModel, offset: number): CorefileToken | undefined {
  return tokens[firstIndex(0, tokens.length, (index) => (tokens[index]?.start ?? 0) >= offset)];
}
