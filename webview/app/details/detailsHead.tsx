import type { ComponentChildren } from 'preact';
import type { Confidence } from '../../../src/core/view/rows.ts';
import { formatClock } from '../../widgets/format.ts';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { ConfidenceBadge } from '../confidenceBadge.tsx';
import type { ResultWords } from '../words.ts';

export interface DetailsHeadProps {
  readonly name: string;
  readonly qtype: string;
  readonly result: ResultWords;
  /** How long it took, or has waited. */
  readonly took: ComponentChildren;
  readonly place: string;
  readonly timeUs: number;
  readonly confidence: Confidence;
}

/** What was asked and what became of it, over the details of a lookup or of a query that belongs to none. */
export function DetailsHead({ name, qtype, result, took, place, timeUs, confidence }: DetailsHeadProps) {
  return (
    <>
      <h2 class="details-name">{name}</h2>
      <p class="details-facts">
        <span class={`result result-${result.tone}`}>
          {result.tone === 'bad' && <SeverityMark level="error" />}
          {result.tone === 'warn' && <SeverityMark level="warning" />}
          {result.text}
        </span>
        <span>{qtype}</span>
        <span>{took}</span>
        <span class="muted">{place}</span>
        <span class="muted">{formatClock(timeUs)}</span>
        <ConfidenceBadge confidence={confidence} />
      </p>
    </>
  );
}
