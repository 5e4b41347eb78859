import type { TraceEngine } from '../../trace/traceEngine.ts';
import { TextRanks } from './textRanks.ts';
import type { Steps } from '../../../base/steps.ts';

const ranks = new WeakMap<TraceEngine, TextRanks>();

/** Place of each of the trace's names among the others; what is known of them serves all views. */
export function nameRanks(engine: TraceEngine): Steps<Uint32Array> {
  const { names } = engine.trace;
  let known = ranks.get(engine);
  if (known === undefined) ranks.set(engine, (known = new TextRanks()));
  return known.upTo(names.size, (id) => names.textOf(id));
}
