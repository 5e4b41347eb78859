import { NONE, ROW_MASK } from './tables.ts';
import type { Trace } from './trace.ts';

/** Number, in the trace's table of processes, of the process behind a message; 0 when no source told. */
export function messageProcess(trace: Trace, vantage: number, message: number): number {
  if (message === NONE || trace.processes.size === 0) return 0;
  const packet = trace.messages.of(message).packet[message & ROW_MASK]!;
  return trace.vantages[vantage]?.processes.of(packet) ?? 0;
}
