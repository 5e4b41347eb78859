import { executionOrder, pluginCatalogue } from '../pluginCatalogue.ts';
import { type Rule, knownStanzas, valueOf } from './rule.ts';

/** `fallthrough` hands on what a plugin can't answer, but no plugin behind it answers anything. */
export const fallthroughToNothing: Rule = {
  code: 'CF310',
  title: 'fallthrough with no plugin behind it',
  *check(context) {
    const order = executionOrder(context.version);
    const places = new Map(order.map((name, index) => [name, index]));
    for (const { block, plugin, stanza } of knownStanzas(context)) {
      if (block.incomplete || stanza.uncertain || !plugin.options.has('fallthrough')) continue;
      const option = stanza.options.find(({ name }) => valueOf(context, name) === 'fallthrough');
      const place = places.get(plugin.name);
      if (option === undefined || place === undefined) continue;
      // The next stanza of the same plugin may be asked, or a plugin nobody knows here.
      if ((block.plugins.get(plugin.name)?.length ?? 0) > 1) continue;
      const behind = [...block.plugins.keys()].some((name) => {
        const facts = pluginCatalogue().get(name);
        return facts === undefined || (facts.answers && (places.get(name) ?? Infinity) > place);
      });
      if (behind) continue;
      yield {
        severity: 'warning',
        message: `No plugin behind ${plugin.name} answers, so what falls through ends in SERVFAIL. Add one such as forward, or remove fallthrough`,
        at: option.name,
      };
    }
  },
};
