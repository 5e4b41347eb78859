import { mainCorefile, repeatInPart } from './parts.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks } from './rule.ts';

/** What a second stanza of these does, in words. */
export const SET_AGAIN: ReadonlyMap<string, string> = new Map([
  ['health', 'replaces the one of the block, address and lameduck time: probes may get no answer'],
  ['reload', 'is ignored, for the one of the block comes first'],
  ['loadbalance', 'replaces the one of the block'],
]);

/** An override sets again what the block has already; one of the two silently loses. */
export const overrideReplaces: Rule = {
  code: 'CF809',
  title: 'Override sets health, reload or loadbalance again',
  *check(context) {
    if (context.purpose === 'override') yield* alone(context);
    else
      for (const { plugins } of liveBlocks(context)) {
        for (const [name, effect] of SET_AGAIN) {
          const repeat = repeatInPart(plugins.get(name) ?? []);
          if (repeat !== undefined) yield found(name, effect, repeat.name);
        }
      }
  },
};

function* alone(context: RuleContext): Iterable<Finding> {
  const main = mainCorefile(context.cluster);
  const importing = main?.blocks.filter(({ node }) => node.body.some(({ kind }) => kind === 'import'));
  for (const { plugins } of context.model.blocks) {
    for (const [name, effect] of SET_AGAIN) {
      const stanza = plugins.get(name)?.[0];
      if (stanza === undefined || importing?.some((block) => block.plugins.has(name)) === false) continue;
      yield found(name, effect, stanza.name);
    }
  }
}

function found(name: string, effect: string, at: Finding['at']): Finding {
  return { severity: 'warning', message: `This ${name} ${effect}. Remove it from the override`, at };
}
