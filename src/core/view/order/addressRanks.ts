/**
 * The place of an endpoint's name among all others', by the ids of its address and of the vantage that saw it. The address decides, except
 * that a pod's own capture may claim one that is nobody's or the node's (whoAsked.ts): then the vantage's name counts.
 */
import type { Steps } from '../../../base/steps.ts';
import { ownsUnclaimed, whoAsked, type WhoAsked } from '../../topology/whoAsked.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { TextRanks } from './textRanks.ts';

/** Of an address; as a client's where a vantage is given. */
export type AddressRank = (address: number, vantage?: number) => number;

/**
 * @param field the part of who stands there that the text is about
 * @param textOf the text, which holds that part whenever there is one
 */
export function* addressRanks(
  { trace, topology }: TraceEngine,
  field: 'namespace' | 'pod' | 'node',
  textOf: (who: WhoAsked, address: string) => string,
): Steps<AddressRank> {
  const { addresses, vantages } = trace;
  const count = addresses.size;
  const isFree = new Uint8Array(count);
  for (let id = 0; id < count; id++) if (ownsUnclaimed(topology.ownerOf(addresses.textOf(id))?.kind)) isFree[id] = 1;
  const claims = vantages.map(({ vantage }) => vantage.role === 'client' && vantage[field] !== undefined);
  // What a vantage claims bears its name, whichever address it is.
  const ranks = yield* new TextRanks().upTo(count + vantages.length, (id) => {
    const address = id < count ? addresses.textOf(id) : '';
    return textOf(whoAsked(topology, address, vantages[id - count]?.vantage), address);
  });
  return (address, vantage = -1) =>
    ranks[claims[vantage] === true && isFree[address] === 1 ? count + vantage : address]!;
}
