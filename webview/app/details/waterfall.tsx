import * as l10n from '@vscode/l10n';
import type { LegBar } from '../../../src/core/view/rows.ts';
import { formatDuration } from '../../widgets/format.ts';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { useNow } from '../clock.ts';
import { transactionResult } from '../words.ts';

export interface WaterfallProps {
  readonly legs: readonly LegBar[];
  readonly live: boolean;
  /** Start of the lookup, epoch µs: the zero of bars that still grow. */
  readonly startUs: number;
  /** Opens a message, by its place in the list of them. */
  readonly onShow: (message: number) => void;
}

const INDENT_PX = 12;

const percent = (share: number): string => `${String(Math.round(Math.min(1, Math.max(0, share)) * 1e4) / 100)}%`;

/**
 * A bar per transaction on one time axis, under the question it belongs to and as far in as it is from who asked; an unanswered one stays open at
 * its end. Its name leads to its message.
 */
export function Waterfall({ legs, live, startUs, onShow }: WaterfallProps) {
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
              : l10n.t('after {0}', formatDuration(until - leg.startNs))
            : formatDuration(leg.endNs - leg.startNs);
        const words = `${l10n.t('{0}: {1} {2} asked of {3}, seen at {4}', leg.leg, leg.qtype, leg.name, leg.server, leg.vantage)}; ${text} ${took}`;
        const { message } = leg;
        return (
          <li key={`${String(leg.transaction)} ${String(index)}`} class="bar-row" title={words}>
            {isAskedAnew(leg, legs[index - 1]) && (
              <div class="bar-asks">
                {leg.name} <span class="muted">{leg.qtype}</span>
              </div>
            )}
            <div class="bar-line">
              <span class="bar-head" style={{ paddingLeft: `${String(leg.depth * INDENT_PX)}px` }}>
                {message === undefined ? (
                  <span class="bar-leg">{leg.leg}</span>
                ) : (
                  <button
                    type="button"
                    class="link-button bar-leg"
                    aria-label={l10n.t('{0}: show its messages', words)}
                    onClick={() => onShow(message)}
                  >
                    {leg.leg}
                  </button>
                )}
                <span class="muted bar-who">{leg.server}</span>
              </span>
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

/** Another name or type than what came before, or the same asked again by the client. */
function isAskedAnew(leg: LegBar, before: LegBar | undefined): boolean {
  return leg.depth === 0 && (before?.name !== leg.name || before.qtype !== leg.qtype);
}
