import type { ComponentChildren } from 'preact';
import type { TraceSnapshot } from '../../src/protocol/webview.ts';
import { Button } from '../widgets/button.tsx';
import { formatPlural } from '../widgets/format.ts';
import { HopLegend } from '../widgets/hopStrip.tsx';
import type { PanelState } from './panelState.ts';
import type { TraceController } from './traceController.ts';

function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export interface EmptyProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

/** Why there are no rows, and what brings some. */
export function LookupsEmpty({ state, snapshot, controller }: EmptyProps) {
  const { source, counts } = snapshot;
  if (counts.lookups > 0 && state.ui.filter !== '') {
    return (
      <Empty title="No lookup matches the filter">
        <p>{formatPlural(counts.lookups, 'lookup')} seen. All conditions of the filter must hold.</p>
        <Button onClick={() => controller.setFilter('')}>Remove the filter</Button>
      </Empty>
    );
  }
  switch (source.state) {
    case 'starting':
      return (
        <Empty title="Starting the trace">
          <p>
            {source.kind === 'file'
              ? 'Reading the capture.'
              : 'The capture starts in the pod; this takes some seconds, longer when its image has to be pulled.'}
          </p>
        </Empty>
      );
    case 'running':
    case 'stopping':
      return (
        <Empty title="Waiting for the first lookup …">
          <p>Rows appear as soon as {source.title} asks for a name. Each shows its way:</p>
          <HopLegend />
          <p>To cause one, run in the pod: getent hosts kubernetes.default</p>
        </Empty>
      );
    case 'reconnecting':
      return (
        <Empty title="Connecting again">
          <p>
            The connection to the cluster broke. The trace goes on by itself; what is missed meanwhile is counted as a
            gap.
          </p>
        </Empty>
      );
    case 'failed':
      return (
        <Empty title="The trace did not start">
          {source.problems.map((problem) => (
            <p key={problem.code}>
              {problem.detail}
              {problem.recover !== undefined && <span class="banner-recover">{problem.recover}</span>}
            </p>
          ))}
          <div class="empty-actions">
            <Button kind="primary" onClick={() => controller.run({ name: 'traceAgain' })}>
              Try again
            </Button>
            <Button onClick={() => controller.run({ name: 'openCapture' })}>Open a capture</Button>
            <Button onClick={() => controller.run({ name: 'copyDiagnostics' })}>Copy Diagnostics</Button>
          </div>
        </Empty>
      );
    case 'ended':
      return source.kind === 'file' ? (
        <Empty title="No DNS in this capture">
          <p>
            {formatPlural(counts.packets, 'packet')} read, none of them a DNS message on port 53 or 5353. A capture
            taken in the pod&apos;s or in a CoreDNS pod&apos;s network namespace shows lookups.
          </p>
          <Button onClick={() => controller.run({ name: 'openCapture' })}>Open another capture</Button>
        </Empty>
      ) : (
        <Empty title="The trace ended without a lookup">
          <p>
            {counts.packets === 0 ? 'No packet' : `${formatPlural(counts.packets, 'packet')} but no DNS message`} was
            seen. The application may keep names it resolved before, or did not ask meanwhile: trace again and repeat
            what fails.
          </p>
          <div class="empty-actions">
            <Button kind="primary" onClick={() => controller.run({ name: 'traceAgain' })}>
              Trace again
            </Button>
            <Button onClick={() => controller.run({ name: 'watchCoreDns' })}>Watch CoreDNS instead</Button>
          </div>
        </Empty>
      );
  }
}

export function FindingsEmpty({ snapshot }: { readonly snapshot: TraceSnapshot }) {
  return (
    <Empty title="No findings">
      <p>
        {snapshot.counts.lookups === 0
          ? 'A finding names the hop at fault, with the packets that prove it. There are no lookups yet.'
          : `Nothing wrong was found in ${formatPlural(snapshot.counts.lookups, 'lookup')}. Only what was watched can be judged: see Watched.`}
      </p>
    </Empty>
  );
}
