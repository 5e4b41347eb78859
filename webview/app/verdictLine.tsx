import * as l10n from '@vscode/l10n';
import type { Finding } from '../../src/core/findings/finding.ts';
import type { TraceSnapshot, Verdict } from '../../src/protocol/webview.ts';
import { Button } from '../widgets/button.tsx';
import { ProgressRing } from '../widgets/progressRing.tsx';
import { SeverityMark } from '../widgets/severityMark.tsx';
import type { TraceController } from './traceController.ts';
import { ConfidenceBadge } from './confidenceBadge.tsx';

export interface VerdictLineProps {
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

const BUSY: ReadonlySet<TraceSnapshot['source']['state']> = new Set(['starting', 'stopping']);

/** The one whose words the verdict has; there may be several of one id. */
function findingOf(verdict: Verdict, findings: readonly Finding[]): Finding | undefined {
  const alike = findings.filter((one) => one.id === verdict.finding);
  return alike.find((one) => one.title === verdict.text) ?? alike[0];
}

/** One sentence a tired person can act on, how sure it is, and the next step as a button. */
export function VerdictLine({ snapshot, controller }: VerdictLineProps) {
  const { verdict, source } = snapshot;
  const finding: Finding | undefined = findingOf(verdict, snapshot.findings);
  const { suggestion } = verdict;
  return (
    <header class="verdict">
      {BUSY.has(source.state) ? (
        <ProgressRing label={source.state === 'starting' ? l10n.t('Starting') : l10n.t('Stopping')} />
      ) : (
        <SeverityMark level={verdict.level} />
      )}
      <div class="verdict-text" role="status">
        {verdict.text}
      </div>
      {finding !== undefined && <ConfidenceBadge confidence={finding.confidence} />}
      <div class="verdict-actions">
        {finding !== undefined && (
          <>
            <Button onClick={() => controller.showRows(finding.filter)}>{l10n.t('Show rows')}</Button>
            <Button kind="primary" onClick={() => controller.details.openFinding(finding)}>
              {l10n.t('What next')}
            </Button>
          </>
        )}
        {suggestion !== undefined && (
          <Button kind="primary" onClick={() => controller.run(suggestion.action)}>
            {suggestion.label}
          </Button>
        )}
      </div>
    </header>
  );
}
