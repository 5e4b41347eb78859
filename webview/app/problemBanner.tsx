import * as l10n from '@vscode/l10n';
import type { Problem } from '../../src/base/problem.ts';
import { IconButton, LinkButton } from '../widgets/button.tsx';
import { ProgressRing } from '../widgets/progressRing.tsx';
import { SeverityMark } from '../widgets/severityMark.tsx';

export interface ProblemBannerProps {
  readonly level: 'error' | 'warning' | 'info';
  readonly problems: readonly Problem[];
  /** Something is being tried meanwhile. */
  readonly busy?: boolean;
  readonly onDismiss?: () => void;
  /** Offered where something failed. */
  readonly onCopyDiagnostics?: () => void;
}

/** What happened and what to do, for each problem. */
export function ProblemBanner({ level, problems, busy = false, onDismiss, onCopyDiagnostics }: ProblemBannerProps) {
  if (problems.length === 0) return undefined;
  return (
    <div class={`banner banner-${level}`} role={level === 'error' ? 'alert' : 'status'}>
      {busy ? <ProgressRing label={l10n.t('Connecting again')} /> : <SeverityMark level={level} />}
      <ul class="banner-list">
        {problems.map((problem) => (
          <li key={`${problem.code} ${problem.detail}`}>
            {problem.detail}
            {problem.recover !== undefined && <span class="banner-recover">{problem.recover}</span>}
          </li>
        ))}
      </ul>
      {onCopyDiagnostics !== undefined && (
        <LinkButton
          title={l10n.t('Copy what a bug report needs, without names and addresses')}
          onClick={onCopyDiagnostics}
        >
          {l10n.t('Copy Diagnostics')}
        </LinkButton>
      )}
      {onDismiss !== undefined && <IconButton icon="close" label={l10n.t('Dismiss')} onClick={onDismiss} />}
    </div>
  );
}
