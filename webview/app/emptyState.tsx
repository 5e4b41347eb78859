import * as l10n from '@vscode/l10n';
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
      <Empty title={l10n.t('No lookup matches the filter')}>
        <p>
          {formatPlural(
            counts.lookups,
            l10n.t(
              '{0} lookup seen. All conditions of the filter must hold.|{0} lookups seen. All conditions of the filter must hold.',
            ),
          )}
        </p>
        <Button onClick={() => controller.setFilter('')}>{l10n.t('Remove the filter')}</Button>
      </Empty>
    );
  }
  switch (source.state) {
    case 'starting':
      return (
        <Empty title={l10n.t('Starting the trace')}>
          <p>
            {source.kind === 'file'
              ? l10n.t('Reading the capture.')
              : l10n.t(
                  'The capture starts in the pod; this takes some seconds, longer when its image has to be pulled.',
                )}
          </p>
        </Empty>
      );
    case 'running':
    case 'stopping':
      return (
        <Empty title={l10n.t('Waiting for the first lookup …')}>
          <p>{l10n.t('Rows appear as soon as {0} asks for a name. Each shows its way:', source.title)}</p>
          <HopLegend />
          <p>{l10n.t('To cause one, run in the pod: getent hosts kubernetes.default')}</p>
        </Empty>
      );
    case 'reconnecting':
      return (
        <Empty title={l10n.t('Connecting again')}>
          <p>
            {l10n.t(
              'The connection to the cluster broke. The trace goes on by itself; what is missed meanwhile is counted as a gap.',
            )}
          </p>
        </Empty>
      );
    case 'failed':
      return (
        <Empty title={l10n.t('The trace did not start')}>
          {source.problems.map((problem) => (
            <p key={problem.code}>
              {problem.detail}
              {problem.recover !== undefined && <span class="banner-recover">{problem.recover}</span>}
            </p>
          ))}
          <div class="empty-actions">
            <Button kind="primary" onClick={() => controller.run({ name: 'traceAgain' })}>
              {l10n.t('Try again')}
            </Button>
            <Button onClick={() => controller.run({ name: 'openCapture' })}>{l10n.t('Open a capture')}</Button>
            <Button onClick={() => controller.run({ name: 'copyDiagnostics' })}>{l10n.t('Copy Diagnostics')}</Button>
          </div>
        </Empty>
      );
    case 'ended':
      return source.kind === 'file' ? (
        <Empty title={l10n.t('No DNS in this capture')}>
          <p>
            {l10n.t(
              "{0} read, none of them a DNS message on port 53 or 5353. A capture taken in the pod's or in a CoreDNS pod's network namespace shows lookups.",
              formatPlural(counts.packets, l10n.t('{0} packet|{0} packets')),
            )}
          </p>
          <Button onClick={() => controller.run({ name: 'openCapture' })}>{l10n.t('Open another capture')}</Button>
        </Empty>
      ) : (
        <Empty title={l10n.t('The trace ended without a lookup')}>
          <p>
            {l10n.t(
              '{0} was seen. The application may keep names it resolved before, or did not ask meanwhile: trace again and repeat what fails.',
              counts.packets === 0
                ? l10n.t('No packet')
                : l10n.t('{0} but no DNS message', formatPlural(counts.packets, l10n.t('{0} packet|{0} packets'))),
            )}
          </p>
          <div class="empty-actions">
            <Button kind="primary" onClick={() => controller.run({ name: 'traceAgain' })}>
              {l10n.t('Trace again')}
            </Button>
            <Button onClick={() => controller.run({ name: 'watchCoreDns' })}>{l10n.t('Watch CoreDNS instead')}</Button>
          </div>
        </Empty>
      );
  }
}

export function FindingsEmpty({ snapshot }: { readonly snapshot: TraceSnapshot }) {
  return (
    <Empty title={l10n.t('No findings')}>
      <p>
        {snapshot.counts.lookups === 0
          ? l10n.t('A finding names the hop at fault, with the packets that prove it. There are no lookups yet.')
          : l10n.t(
              'Nothing wrong was found in {0}. Only what was watched can be judged: see Watched.',
              formatPlural(snapshot.counts.lookups, l10n.t('{0} lookup|{0} lookups')),
            )}
      </p>
    </Empty>
  );
}
