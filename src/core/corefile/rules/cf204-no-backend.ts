import type { ServerBlockModel } from '../model.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { pluginOutside } from './cf102-extra-brace.ts';
import { gluedBrace } from './gluedBrace.ts';
import { type Rule, shown } from './rule.ts';

/** A block in which no plugin gives answers, or that no key leads to. */
export const noBackend: Rule = {
  code: 'CF204',
  title: 'Server block answers nothing',
  *check(context) {
    if (context.purpose === 'override') return;
    for (const block of context.model.blocks) {
      const { keys, open, body } = block.node;
      if (block.incomplete) continue;
      if (keys.length === 0 && open !== undefined) {
        yield {
          severity: 'warning',
          message: 'This block has no server key, so CoreDNS drops it. Write the zone in front of "{"',
          at: open,
        };
        continue;
      }
      const key = keys[0]?.token;
      if (key === undefined || isDamaged(block)) continue;
      if (body.length === 0) {
        yield {
          severity: 'warning',
          message: `No plugin stands in the block of ${shown(key.text)}: every query for it is answered with REFUSED. Add a plugin that answers, such as forward, or remove the block`,
          at: key,
        };
      } else if (!mayAnswer(block)) {
        yield {
          severity: 'warning',
          message: `No plugin in the block of ${shown(key.text)} gives answers: every query for it ends in SERVFAIL. Add one that does, such as forward, or remove the block`,
          at: key,
        };
      }
    }
  },
};

/** Braces that are missing or too many make a block out of what was meant otherwise; other rules name them. */
function isDamaged(block: ServerBlockModel): boolean {
  const { keys, open, close } = block.node;
  if (keys.some(({ token }) => token.text === '}' || gluedBrace(token) !== undefined)) return true;
  return (open === undefined) !== (close === undefined) || pluginOutside(block) !== undefined;
}

/** An answer may come of a plugin nobody knows here, and acl answers what it blocks. */
function mayAnswer({ node }: ServerBlockModel): boolean {
  return node.body.some((item) => {
    const facts = item.kind === 'import' ? undefined : pluginCatalogue().get(item.value ?? '');
    return facts === undefined || facts.answers || facts.name === 'acl';
  });
}
