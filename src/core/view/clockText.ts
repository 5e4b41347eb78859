import { visibleText } from '../../base/visibleText.ts';
import { durationText } from '../findings/findingRule.ts';
import type { Trace } from '../trace/trace.ts';

/** `clock 312 ms ahead of node-1's (± 0.1 ms), corrected`; `undefined` where it agrees with the others as far as can be told. */
export function clockText(trace: Trace, vantage: number): string | undefined {
  const clock = trace.vantages[vantage]?.clock;
  if (clock === undefined || Math.abs(clock.offsetNs) <= clock.uncertaintyNs) return undefined;
  const reference = visibleText(trace.vantages[clock.reference]!.vantage.name);
  const side = clock.offsetNs > 0 ? 'ahead of' : 'behind';
  const corrected = clock.correctionNs === 0 ? '' : ', corrected';
  return `clock ${durationText(Math.abs(clock.offsetNs))} ${side} that of ${reference} (± ${durationText(clock.uncertaintyNs)})${corrected}`;
}
