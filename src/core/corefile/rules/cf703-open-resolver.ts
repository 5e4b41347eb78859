import { type Reach, reachOf } from '../addressRange.ts';
import type { ServerBlockModel } from '../model.ts';
import { type Rule, type RuleContext, liveBlocks, valueOf } from './rule.ts';

/** Outside a cluster a forwarder without acl works for anybody who can send it a packet. */
export const openResolver: Rule = {
  code: 'CF703',
  title: 'Server forwards for anybody',
  *check(context) {
    const { cluster, model, purpose } = context;
    if (cluster !== undefined || purpose !== 'corefile' || model.corefile.incomplete) return;
    const blocks = liveBlocks(context);
    if (blocks.some(({ plugins, incomplete }) => plugins.has('kubernetes') || incomplete)) return;
    for (const block of blocks) {
      const forward = block.forwards.find(({ from }) => from === '.');
      if (forward === undefined || ['acl', 'view', 'tsig', 'tls'].some((name) => block.plugins.has(name))) continue;
      const reach = widestReach(context, block);
      if (reach !== 'any' && reach !== 'public') continue;
      yield {
        severity: reach === 'public' ? 'warning' : 'info',
        message: `This block forwards for everybody who reaches ${reach === 'public' ? 'its public address' : 'the machine'}, and such servers are used for attacks on others. Add acl, or bind to an inner address`,
        at: forward.stanza.name,
      };
    }
  },
};

/** The widest of the addresses it listens on; `undefined` when interfaces or variables decide. */
function widestReach(context: RuleContext, block: ServerBlockModel): Reach | undefined {
  const binds = block.plugins.get('bind');
  if (binds === undefined) return 'any';
  const ranges = binds.flatMap(({ args }) => args.map((token) => reachOf(valueOf(context, token) ?? '?')));
  if (ranges.includes('public')) return 'public';
  return ranges.includes(undefined) || !ranges.includes('any') ? undefined : 'any';
}
