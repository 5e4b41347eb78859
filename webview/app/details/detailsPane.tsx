import * as l10n from '@vscode/l10n';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LookupDetails } from '../../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { IconButton } from '../../widgets/button.tsx';
import { formatDuration, formatPlural } from '../../widgets/format.ts';
import { HopStripDetails } from '../../widgets/hopStrip.tsx';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { DetailsHead } from './detailsHead.tsx';
import { Section } from './detailsSection.tsx';
import { EventDetailsView } from './eventDetailsView.tsx';
import { FindingView } from './findingView.tsx';
import { stripHops } from '../hops.ts';
import { MessageList } from './messageView.tsx';
import type { PanelState, SidePane } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';
import { Waiting } from '../waiting.tsx';
import { Waterfall } from './waterfall.tsx';
import { lookupResult } from '../words.ts';

const PANE_TITLES: Readonly<Record<SidePane['kind'], string>> = {
  lookup: l10n.t('Lookup'),
  event: l10n.t('Query'),
  finding: l10n.t('Finding'),
};

export interface DetailsPaneProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

/** The side pane: one lookup, one query that belongs to none, or one finding. */
export function DetailsPane({ state, snapshot, controller }: DetailsPaneProps) {
  const ref = useRef<HTMLElement>(null);
  const { pane } = state;
  const opener = useRef<Element | null>(null);
  // The next key is the details' already.
  useLayoutEffect(() => {
    if (state.focusPane === undefined) return;
    const { activeElement } = document;
    if (ref.current?.contains(activeElement) !== true) opener.current = activeElement;
    ref.current?.focus();
  }, [state.focusPane]);
  // Who closes the details from within goes on where they were opened, or in the rows.
  useLayoutEffect(
    () => () => {
      if (ref.current?.contains(document.activeElement) !== true) return;
      const { current: before } = opener;
      const isThere = before instanceof HTMLElement && before !== document.body && before.isConnected;
      (isThere ? before : document.querySelector<HTMLElement>('.grid-canvas'))?.focus({ preventScroll: true });
    },
    [],
  );
  if (pane === undefined) return undefined;
  const finding = pane.kind === 'finding' ? snapshot.findings.find((one) => one.filter === pane.filter) : undefined;
  const live = snapshot.source.kind === 'live' && snapshot.source.state === 'running';
  return (
    <section
      ref={ref}
      class="details"
      aria-label={PANE_TITLES[pane.kind]}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') controller.details.close();
      }}
    >
      <div class="details-close">
        <IconButton icon="close" label={l10n.t('Close the details')} onClick={() => controller.details.close()} />
      </div>
      {pane.kind === 'finding' && finding !== undefined && <FindingView finding={finding} controller={controller} />}
      {pane.kind === 'finding' && finding === undefined && (
        <p class="muted details-blank">{l10n.t('This finding no longer holds: later rows changed the picture.')}</p>
      )}
      {pane.kind !== 'finding' && pane.problem !== undefined && pane.details === undefined && (
        <p class="muted details-blank">
          {pane.problem.detail}
          {pane.problem.recover !== undefined && ` ${pane.problem.recover}`}
        </p>
      )}
      {pane.kind === 'lookup' && pane.details !== undefined && (
        <LookupView
          key={pane.details.lookup.id}
          details={pane.details}
          live={live}
          snapshot={snapshot}
          controller={controller}
        />
      )}
      {pane.kind === 'event' && pane.details !== undefined && (
        <EventDetailsView
          key={`${String(pane.details.row.id)} ${String(pane.details.open)}`}
          details={pane.details}
          live={live}
        />
      )}
    </section>
  );
}

/** The part of the Corefile that served the lookup: click leads to the line, the filter icon to its other rows. */
function ServedBy({
  part,
  controller,
}: {
  readonly part: NonNullable<LookupDetails['corefile']>;
  readonly controller: TraceController;
}) {
  const { line, label, plugin } = part;
  const most = plugin?.line ?? line;
  return (
    <p class="details-served">
      {l10n.t('Served by')}{' '}
      <button type="button" class="link-button" onClick={() => controller.run({ name: 'showInCorefile', line })}>
        {label}
      </button>
      {plugin !== undefined && (
        <>
          <span class="muted">›</span>
          <button
            type="button"
            class="link-button"
            onClick={() => controller.run({ name: 'showInCorefile', line: plugin.line })}
          >
            {plugin.name}
          </button>
        </>
      )}
      <span class="muted"> {l10n.t('Corefile line {0}', most)}</span>
      <IconButton
        icon="filter"
        label={l10n.t('Show the rows that Corefile line {0} served', most)}
        onClick={() => controller.showRows(`corefile:${String(most)}`)}
      />
    </p>
  );
}

interface LookupViewProps {
  readonly details: LookupDetails;
  readonly live: boolean;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

function LookupView({ details, live, snapshot, controller }: LookupViewProps) {
  const { lookup } = details;
  const [open, setOpen] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const showMessage = (index: number): void => {
    setOpen(index);
    list.current?.children[index]?.querySelector<HTMLElement>('.message-head')?.focus();
  };
  return (
    <>
      <DetailsHead
        name={lookup.name}
        qtype={lookup.qtype}
        result={lookupResult(lookup)}
        took={
          lookup.latencyNs === undefined ? (
            <Waiting sinceUs={lookup.timeUs} running={live} />
          ) : (
            formatDuration(lookup.latencyNs)
          )
        }
        place={lookup.client}
        timeUs={lookup.timeUs}
        confidence={lookup.confidence}
      />
      <HopStripDetails hops={stripHops(lookup.way)} />
      <Section title={l10n.t('What this means')}>
        <p>{details.meaning}</p>
        {details.corefile !== undefined && <ServedBy part={details.corefile} controller={controller} />}
        {lookup.findings.map((id) => {
          const finding = snapshot.findings.find((one) => one.id === id);
          return (
            finding !== undefined && (
              <p key={id} class="details-finding">
                <SeverityMark level={finding.severity} />
                <button type="button" class="link-button" onClick={() => controller.details.openFinding(finding)}>
                  {finding.title}
                </button>
              </p>
            )
          );
        })}
      </Section>
      <Section
        title={
          lookup.wastedQueries > 0
            ? formatPlural(
                lookup.attempts,
                l10n.t('Attempts: {0} query, {1} in vain|Attempts: {0} queries, {1} in vain'),
                lookup.wastedQueries,
              )
            : formatPlural(lookup.attempts, l10n.t('Attempts: {0} query|Attempts: {0} queries'))
        }
      >
        <Waterfall legs={details.legs} live={live} startUs={lookup.timeUs} onShow={showMessage} />
      </Section>
      {details.messages.length > 0 && (
        <Section title={l10n.t('Messages')}>
          <MessageList messages={details.messages} startUs={lookup.timeUs} open={open} onOpen={setOpen} list={list} />
        </Section>
      )}
      {details.commands.length > 0 && (
        <Section title={l10n.t('Reproduce')}>
          <ul class="commands">
            {details.commands.map((command) => (
              <li key={command} class="command">
                <code>{command}</code>
                <IconButton
                  icon="copy"
                  label={l10n.t('Copy the command')}
                  onClick={() => controller.run({ name: 'copy', text: command })}
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
