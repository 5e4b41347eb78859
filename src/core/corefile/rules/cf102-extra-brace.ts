import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { gluedBrace } from './gluedBrace.ts';
import { misreadRange } from './misread.ts';
import { type Finding, type Rule, shown } from './rule.ts';

/** A `}` too many, or one that came too early: CoreDNS reads it, or the plugins behind it, as server keys. */
export const extraBrace: Rule = {
  code: 'CF102',
  title: 'Closing brace without an opening one',
  *check({ model, purpose }) {
    // In a file for the inside of a block a "}" closes the block that imports it; CF104 says so.
    if (purpose === 'override') return;
    for (const block of model.blocks) {
      const { keys, open, close } = block.node;
      let asKey = false;
      for (const { token } of keys) {
        if (token.text !== '}') continue;
        asKey = true;
        // Without a "{" behind it, all that follows is misread as the inside of this block.
        yield {
          severity: 'warning',
          message: 'This "}" has no "{": CoreDNS reads it as a server key and serves the zone "}.". Remove it',
          at: token,
          claims: [open === undefined ? misreadRange(model, block, token) : { start: token.start, end: token.end }],
          fixes: [{ title: 'Remove "}"', edits: [{ start: token.start, end: token.end, newText: '' }] }],
        };
      }
      const last = keys[keys.length - 1]?.token;
      if (asKey || last === undefined || open !== undefined) continue;
      const plugin = pluginOutside(block);
      if (plugin !== undefined) {
        // In a file of server blocks it may be the file that is named wrong.
        if (purpose === 'corefile' && plugin.file === '') yield outside(plugin, misreadRange(model, block, plugin));
      } else if (close !== undefined && gluedBrace(last) === undefined) yield closesUnopened(last, close);
    }
  },
};

/** The plugin that stands where a server key is read, because no block is open there. */
export function pluginOutside({ node: { keys, open } }: ServerBlockModel): CorefileToken | undefined {
  const first = keys[0]?.token;
  return open === undefined && first !== undefined && pluginCatalogue().has(first.text) ? first : undefined;
}

function outside(plugin: CorefileToken, claim: { readonly start: number; readonly end: number }): Finding {
  const message = `${shown(plugin.text)} stands outside of every server block, so CoreDNS reads it as a zone. Move it into one, or remove a "}" above that is too many`;
  return { severity: 'warning', message, at: plugin, claims: [claim] };
}

function closesUnopened(key: CorefileToken, close: CorefileToken): Finding {
  const message = `This "}" closes the block of ${shown(key.text)}, which has no "{". Put "{" behind ${shown(key.text)}, or remove a "}" that is too many`;
  const fixes =
    key.file === close.file
      ? [
          { title: `Put "{" behind ${shown(key.text)}`, edits: [{ start: key.end, end: key.end, newText: ' {' }] },
          { title: 'Remove "}"', edits: [{ start: close.start, end: close.end, newText: '' }] },
        ]
      : [];
  return { severity: 'warning', message, at: close, fixes };
}
