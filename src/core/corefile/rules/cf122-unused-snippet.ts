import { type Rule, shown } from './rule.ts';

/** A snippet that nothing imports is text that does nothing. */
export const unusedSnippet: Rule = {
  code: 'CF122',
  title: 'Snippet is not used',
  *check({ model, purpose }) {
    const { corefile, blocks } = model;
    // Snippets are known in the whole process: a file that isn't known here may import them.
    if (purpose !== 'corefile' || corefile.incomplete || blocks.some((block) => block.incomplete)) return;
    for (const item of corefile.items) {
      if (item.kind !== 'snippet' || corefile.usedSnippets.has(item.name)) continue;
      yield {
        severity: 'hint',
        message: `Nothing imports the snippet (${shown(item.name)}), so it has no effect. Import it or remove it`,
        at: item.key,
      };
    }
  },
};
