import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { LookupDetails } from '../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../src/protocol/webview.ts';
import { Badge } from '../widgets/badge.tsx';
import { IconButton } from '../widgets/button.tsx';
import { formatClock, formatDuration, formatPlural } from '../widgets/format.ts';
import { HopStripDetails } from '../widgets/hopStrip.tsx';
import { SeverityMark } from '../widgets/severityMark.tsx';
import { Section } from './detailsSection.tsx';
import { EventDetailsView } from './eventDetailsView.tsx';
import { FindingView } from './findingView.tsx';
import { stripHops } from './hops.ts';
import { MessageList } from './messageView.tsx';
import type { PanelState, SidePane } from './panelState.ts';
import type { TraceController } from './traceController.ts';
import { Waiting } from './waiting.tsx';
import { Waterfall } from './waterfall.tsx';
import { CONFIDENCE_WORDS, lookupResult } from './words.ts';

const PANE_TITLES: Readonly<Record<SidePane['kind'], string>> = {
  lookup: 'Lookup',
  event: 'Query',
  finding: 'Finding',
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
  useEffect(() => {
    if (state.focusPane !== undefined) ref.current?.focus();
  }, [state.focusPane]);
  // Who closes the details from within goes on in the rows.
  useLayoutEffect(
    () => () => {
      if (ref.current?.contains(document.activeElement) === true)
        document.querySelector<HTMLElement>('.grid-canvas')?.focus({ preventScroll: true });
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
        if (event.key === 'Escape') controller.closePane();
      }}
    >
      <div class="details-close">
        <IconButton icon="close" label="Close the details" onClick={() => controller.closePane()} />
      </div>
      {pane.kind === 'finding' && finding !== undefined && <FindingView finding={finding} controller={controller} />}
      {pane.kind === 'finding' && finding === undefined && (
        <p class="muted details-blank">This finding no longer holds: later rows changed the picture.</p>
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
      Served by{' '}
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
      <span class="muted"> Corefile line {most}</span>
      <IconButton
        icon="filter"
        label={`Show the rows that Corefile line ${String(most)} served`}
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
  const result = lookupResult(lookup);
  return (
    <>
      <h2 class="details-name">{lookup.name}</h2>
      <p class="details-facts">
        <span class={`result result-${result.tone}`}>
          {result.tone === 'bad' && <SeverityMark level="error" />}
          {result.tone === 'warn' && <SeverityMark level="warning" />}
          {result.text}
        </span>
        <span>{lookup.qtype}</span>
        <span>
          {lookup.latencyNs === undefined ? (
            <Waiting sinceUs={lookup.timeUs} running={live} />
          ) : (
            formatDuration(lookup.latencyNs)
          )}
        </span>
        <span class="muted">{lookup.client}</span>
        <span class="muted">{formatClock(lookup.timeUs)}</span>
        <Badge title={CONFIDENCE_WORDS[lookup.confidence]}>{lookup.confidence}</Badge>
      </p>
      <HopStripDetails hops={stripHops(lookup.way)} />
      <Section title="What this means">
        <p>{details.meaning}</p>
        {details.corefile !== undefined && <ServedBy part={details.corefile} controller={controller} />}
        {lookup.findings.map((id) => {
          const finding = snapshot.findings.find((one) => one.id === id);
          return (
            finding !== undefined && (
              <p key={id} class="details-finding">
                <SeverityMark level={finding.severity} />
                <button type="button" class="link-button" onClick={() => controller.openFinding(finding)}>
                  {finding.title}
                </button>
              </p>
            )
          );
        })}
      </Section>
      <Section
        title={`Attempts: ${formatPlural(lookup.attempts, 'query', 'queries')}${lookup.wastedQueries > 0 ? `, ${String(lookup.wastedQueries)} in vain` : ''}`}
      >
        <Waterfall legs={details.legs} live={live} startUs={lookup.timeUs} />
      </Section>
      {details.messages.length > 0 && (
        <Section title="Messages">
          <MessageList messages={details.messages} startUs={lookup.timeUs} />
        </Section>
      )}
      {details.commands.length > 0 && (
        <Section title="Reproduce">
          <ul class="commands">
            {details.commands.map((command) => (
              <li key={command} class="command">
                <code>{command}</code>
                <IconButton
                  icon="copy"
                  label="Copy the command"
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
