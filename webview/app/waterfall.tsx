import type { LegBar } from '../../src/core/view/rows.ts';
import { formatDuration } from '../widgets/format.ts';
import { SeverityMark } from '../widgets/severityMark.tsx';
import { useNow } from './clock.ts';
import { transactionResult } from './words.ts';

export interface WaterfallProps {
  readonly legs: readonly LegBar[];
  readonly live: boolean;
  /** Start of the lookup, epoch µs: the zero of bars that still grow. */
  readonly startUs: number;
}

const percent = (share: number): string => `${String(Math.round(Math.min(1, Math.max(0, share)) * 1e4) / 100)}%`;

/** A bar per transaction on one time axis; an unanswered one stays open at its end. */
export function Waterfall({ legs, live, startUs }: WaterfallProps) {
  const waits = live && legs.some((leg) => leg.endNs === undefined && leg.state === 'pending');
  const now = useNow(waits);
  const zero = legs.reduce((least, leg) => Math.min(least, leg.startNs), Infinity);
  const nowNs = zero + Math.max(0, now * 1e6 - startUs * 1e3);
  const known = legs.reduce((most, leg) => Math.max(most, leg.endNs ?? leg.startNs), zero);
  const end = Math.max(waits ? Math.max(known, nowNs) : known, zero + 1);
  return (
    <ol class="waterfall">
      {legs.map((leg, index) => {
        const { text, tone } = transactionResult(leg);
        const until = leg.endNs ?? end;
        const took =
          leg.endNs === undefined
            ? leg.state === 'pending'
              ? ''
              : `after ${formatDuration(until - leg.startNs)}`
            : formatDuration(leg.endNs - leg.startNs);
        const words = `${leg.leg}: ${leg.qtype} ${leg.name} asked of ${leg.server}, seen at ${leg.vantage}; ${text} ${took}`;
        return (
          <li key={`${String(leg.transaction)} ${String(index)}`} class="bar-row" title={words}>
            <div class="bar-head">
              <span class="bar-leg">{leg.leg}</span>
              <span class="muted bar-who">
                {leg.qtype} → {leg.server} · at {leg.vantage}
              </span>
            </div>
            <div class="bar-line">
              <div class="bar-track" aria-hidden="true">
                <div
                  class={`bar bar-${tone}${leg.endNs === undefined ? ' bar-open' : ''}`}
                  style={{
                    left: percent((leg.startNs - zero) / (end - zero)),
                    width: percent((until - leg.startNs) / (end - zero)),
                  }}
                />
              </div>
              <span class={`bar-result result result-${tone}`}>
                {tone === 'bad' && <SeverityMark level="error" />}
                {tone === 'warn' && <SeverityMark level="warning" />}
                {tone === 'wait' && <SeverityMark level="pending" />}
                {text}
                {leg.retransmissions > 0 && ` · ${String(leg.retransmissions + 1)}×`}
              </span>
              <span class="bar-took">{took}</span>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
