import { type Rule, liveBlocks, shown } from './rule.ts';

/** A port belongs to its own key only, but behind the last of several keys it looks as if it were for all. */
export const portOnLastKey: Rule = {
  code: 'CF205',
  title: 'Port stands only on the last key',
  *check(context) {
    for (const { keys } of liveBlocks(context)) {
      const last = keys[keys.length - 1];
      const others = keys.slice(0, -1);
      if (last?.key?.explicitPort !== true || others.length === 0) continue;
      const { port, transport } = last.key;
      if (!others.every(({ key }) => key?.explicitPort === false && key.transport === transport)) continue;
      const used = others[0]?.key?.port ?? '';
      if (used === port) continue;
      const at = others[0]?.token ?? last.token;
      const fixable = others.every(({ token }) => token.file === '' && !token.quoted);
      yield {
        severity: 'warning',
        message: `Port ${shown(port)} counts for ${shown(last.token.text)} only, ${others.length === 1 ? 'this key is' : 'the keys before it are'} served on port ${shown(used)}. Write the port behind each key`,
        at,
        fixes: fixable
          ? [
              {
                title: `Write :${shown(port)} behind each key`,
                edits: others.map(({ token }) => {
                  const end = token.text.endsWith(',') ? token.end - 1 : token.end;
                  return { start: end, end, newText: `:${port}` };
                }),
              },
            ]
          : [],
      };
    }
  },
};
