import { ANSWERED } from '../filter/eventColumns.ts';
import { EventLookups } from '../filter/eventLookups.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { NONE, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import type { LookupChoice } from './lookupChoice.ts';

/** All messages of the chosen lookups, as a filter would have found them. */
export function chosenMatches(trace: Trace, choice: LookupChoice): Matches {
  const lookups = new Uint8Array(trace.lookups.length);
  for (const lookup of choice) lookups[lookup] = 1;
  const transactions = new Uint8Array(trace.transactions.length);
  for (const { chunk, base, rows } of trace.transactions.windows()) {
    const found = new EventLookups(trace);
    const { exchange, state } = chunk;
    for (let row = 0; row < rows; row++) {
      const lookup = found.of(exchange[row]!);
      if (lookup === NONE || lookups[lookup] === 0) continue;
      const query = state[row] === State.unsolicited ? 0 : EventBit.query;
      transactions[base + row] = query | (ANSWERED[state[row]!]! * EventBit.response);
    }
  }
  return { lookups, transactions };
}
