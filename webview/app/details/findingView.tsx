import * as l10n from '@vscode/l10n';
import type { Finding } from '../../../src/core/findings/finding.ts';
import type { PanelAction } from '../../../src/protocol/webview.ts';
import { Button, LinkButton } from '../../widgets/button.tsx';
import { formatClock, formatPlural } from '../../widgets/format.ts';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { timeWords } from '../filter/filterTerms.ts';
import type { TraceController } from '../traceController.ts';
import { ConfidenceBadge } from '../confidenceBadge.tsx';
import { CONFIDENCE_NAMES, HOP_WORDS } from '../words.ts';

const ACTIONS: Readonly<
  Record<NonNullable<Finding['action']>, { readonly label: string; readonly action: PanelAction }>
> = {
  'restart-coredns': { label: l10n.t('Restart CoreDNS …'), action: { name: 'restartCoreDns' } },
  'inspect-corefile': { label: l10n.t('Inspect the Corefile'), action: { name: 'inspectCorefile' } },
};

/** One diagnosis in full: why, what to do, what it is not, and the packets that prove it. */
export function FindingView({
  finding,
  controller,
}: {
  readonly finding: Finding;
  readonly controller: TraceController;
}) {
  const offer = finding.action === undefined ? undefined : ACTIONS[finding.action];
  return (
    <div class="finding">
      <div class="finding-title">
        <SeverityMark level={finding.severity} />
        <h2>{finding.title}</h2>
      </div>
      <p class="muted">
        {HOP_WORDS[finding.hop]} · <ConfidenceBadge confidence={finding.confidence} />
      </p>
      <p>{finding.explanation}</p>
      {finding.nextSteps.length > 0 && (
        <>
          <h3>{l10n.t('What to do next')}</h3>
          <ol class="steps">
            {finding.nextSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      <div class="finding-actions">
        <Button kind="primary" onClick={() => controller.showRows(finding.filter)}>
          {l10n.t('Show rows')}
        </Button>
        {offer !== undefined && <Button onClick={() => controller.run(offer.action)}>{offer.label}</Button>}
        <Button onClick={() => controller.run({ name: 'openFindingHelp', finding: finding.id })}>
          {l10n.t('About this finding')}
        </Button>
      </div>
      {finding.ruledOut.length > 0 && (
        <>
          <h3>{l10n.t('Ruled out')}</h3>
          <ul class="notes">
            {finding.ruledOut.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <h3>{formatPlural(finding.evidence.count, l10n.t('Evidence: {0} lookup|Evidence: {0} lookups'))}</h3>
      <p class="muted">{seenText(finding)}</p>
      <ul class="evidence">
        {finding.evidence.samples.map((sample) => (
          <li key={`${sample.file} ${String(sample.packet)}`}>
            <LinkButton title={l10n.t('Show this lookup')} onClick={() => controller.details.openLookup(sample.lookup)}>
              {l10n.t('{0} · packet {1}', formatClock(Number(BigInt(sample.timeNs) / 1000n)), sample.packet)}
            </LinkButton>{' '}
            <span class="muted">{sample.file}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `12:01:07.250 to 12:01:08.500`, by the clock that the rows show; with dates where the days differ. */
function seenText({ evidence: { firstUs, lastUs } }: Finding): string {
  if (firstUs === undefined || lastUs === undefined) return '';
  return firstUs === lastUs ? formatClock(firstUs) : timeWords({ fromUs: firstUs, toUs: lastUs });
}

/** All findings, worst first as the host sorts them. */
export function FindingsList({
  findings,
  active,
  controller,
}: {
  readonly findings: readonly Finding[];
  readonly active: string | undefined;
  readonly controller: TraceController;
}) {
  return (
    <ul class="findings" aria-label={l10n.t('Findings')}>
      {findings.map((finding) => (
        <li key={finding.filter}>
          <button
            type="button"
            class={finding.filter === active ? 'finding-card finding-card-active' : 'finding-card'}
            aria-current={finding.filter === active}
            onClick={() => controller.details.openFinding(finding)}
          >
            <SeverityMark level={finding.severity} />
            <span class="finding-card-text">
              <span>{finding.title}</span>
              <span class="muted">
                {HOP_WORDS[finding.hop]} · {CONFIDENCE_NAMES[finding.confidence]} ·{' '}
                {formatPlural(finding.evidence.count, l10n.t('{0} lookup|{0} lookups'))}
                {seenText(finding) !== '' && ` · ${seenText(finding)}`}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
