import { isWithin } from './pluginStanzas.ts';
import { mainCorefile } from './parts.ts';
import { type Rule, shown } from './rule.ts';

/** forward in an override stands behind the root block's own forward, which takes every name. */
export const forwardInOverride: Rule = {
  code: 'CF808',
  title: 'forward in an override is not reached',
  *check(context) {
    if (context.purpose !== 'override') return;
    // k3s imports overrides in front of its own forward.
    if (mainCorefile(context.cluster) !== undefined ? !importsBehindForward(context) : isK3s(context)) return;
    for (const { forwards } of context.model.blocks) {
      for (const { stanza, from } of forwards) {
        const zone = from === '.' ? 'a zone' : shown(from.slice(0, -1));
        yield {
          severity: 'warning',
          message: `The block that imports this file forwards every name already, in front of this one. Write a server block for ${zone} into a key with the ending .server`,
          at: stanza.name,
        };
      }
    }
  },
};

type Context = Parameters<Rule['check']>[0];

function isK3s({ cluster }: Context): boolean {
  return cluster?.platform?.name === 'k3s' || cluster?.platform?.name === 'rke2';
}

/** True when some block of the main Corefile forwards everything and imports files after that. */
function importsBehindForward({ cluster }: Context): boolean {
  return (mainCorefile(cluster)?.blocks ?? []).some(({ node, forwards }) => {
    const all = forwards.find(({ from }) => isWithin('.', from));
    return node.body.some(
      (item) => item.kind === 'import' && all !== undefined && item.keyword.start > all.stanza.name.start,
    );
  });
}
