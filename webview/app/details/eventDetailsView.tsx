import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { EventDetails } from '../../../src/core/view/rows.ts';
import { formatDuration } from '../../widgets/format.ts';
import { DetailsHead } from './detailsHead.tsx';
import { Section } from './detailsSection.tsx';
import { MessageList } from './messageView.tsx';
import { Waiting } from '../waiting.tsx';
import { transactionResult } from '../words.ts';

/** A query with its response that belongs to no lookup: what became of it, and its messages. */
export function EventDetailsView({ details, live }: { readonly details: EventDetails; readonly live: boolean }) {
  const { row, meaning, messages } = details;
  const [open, setOpen] = useState(details.open);
  return (
    <>
      <DetailsHead
        name={row.name}
        qtype={row.qtype}
        result={transactionResult(row)}
        took={
          <>
            {row.latencyNs !== undefined && formatDuration(row.latencyNs)}
            {row.state === 'pending' && <Waiting sinceUs={row.timeUs} running={live} />}
          </>
        }
        place={row.leg}
        timeUs={row.timeUs}
        confidence={row.joined}
      />
      <Section title={l10n.t('What this means')}>
        <p>{meaning}</p>
      </Section>
      <Section title={l10n.t('Messages')}>
        <MessageList messages={messages} startUs={row.timeUs} open={open} onOpen={setOpen} />
      </Section>
    </>
  );
}
