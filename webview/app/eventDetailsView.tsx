import type { EventDetails } from '../../src/core/view/rows.ts';
import { Badge } from '../widgets/badge.tsx';
import { formatClock, formatDuration } from '../widgets/format.ts';
import { SeverityMark } from '../widgets/severityMark.tsx';
import { Section } from './detailsSection.tsx';
import { MessageList } from './messageView.tsx';
import { Waiting } from './waiting.tsx';
import { CONFIDENCE_WORDS, transactionResult } from './words.ts';

/** A query with its response that belongs to no lookup: what became of it, and its messages. */
export function EventDetailsView({ details, live }: { readonly details: EventDetails; readonly live: boolean }) {
  const { row, meaning, messages, open } = details;
  const result = transactionResult(row);
  return (
    <>
      <h2 class="details-name">{row.name}</h2>
      <p class="details-facts">
        <span class={`result result-${result.tone}`}>
          {result.tone === 'bad' && <SeverityMark level="error" />}
          {result.tone === 'warn' && <SeverityMark level="warning" />}
          {result.text}
        </span>
        <span>{row.qtype}</span>
        <span>
          {row.latencyNs !== undefined && formatDuration(row.latencyNs)}
          {row.state === 'pending' && <Waiting sinceUs={row.timeUs} running={live} />}
        </span>
        <span class="muted">{row.leg}</span>
        <span class="muted">{formatClock(row.timeUs)}</span>
        <Badge title={CONFIDENCE_WORDS[row.joined]}>{row.joined}</Badge>
      </p>
      <Section title="What this means">
        <p>{meaning}</p>
      </Section>
      <Section title="Messages">
        <MessageList messages={messages} startUs={row.timeUs} first={open} />
      </Section>
    </>
  );
}
