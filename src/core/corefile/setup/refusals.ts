import { Dispenser } from '../dispenser.ts';
import type { CorefileModel } from '../model.ts';
import { SETUPS } from './allSetups.ts';
import { type Refusal, TWINS_RELEASE } from './pluginSetup.ts';

/** The first refusal of each plugin of each server block whose plugins CoreDNS sets up. */
export function refusalsOf(model: CorefileModel, version: string): readonly Refusal[] {
  if (version !== TWINS_RELEASE) return [];
  const refusals: Refusal[] = [];
  for (const block of model.blocks) {
    if (block.node.keys.length === 0 && !block.incomplete) continue;
    for (const [name, tokens] of block.words) {
      const setup = SETUPS.get(name);
      if (setup === undefined) continue;
      const words = new Dispenser(tokens, model.environment);
      const refusal = setup(words, { block });
      if (refusal !== undefined && !words.uncertain) refusals.push(refusal);
    }
  }
  return refusals;
}
