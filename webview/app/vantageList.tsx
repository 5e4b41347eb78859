import * as l10n from '@vscode/l10n';
import type { TraceSnapshot, VantageView } from '../../src/protocol/webview.ts';
import { formatCount, formatPlural } from '../widgets/format.ts';
import { type MarkLevel, SeverityMark } from '../widgets/severityMark.tsx';

const ROLE_WORDS: Readonly<Record<string, string>> = {
  client: l10n.t('Pod under trace'),
  coredns: 'CoreDNS',
  nodelocal: 'NodeLocal DNSCache',
  node: l10n.t('Node'),
  unknown: l10n.t('Inferred from its traffic'),
};

function mark(vantage: VantageView): { readonly level: MarkLevel; readonly word: string } {
  switch (vantage.state) {
    case 'running':
      return vantage.dropped > 0
        ? { level: 'warning', word: l10n.t('Watching, with losses') }
        : { level: 'ok', word: l10n.t('Watching') };
    case 'ended':
      return { level: 'none', word: l10n.t('Ended') };
    case 'failed':
      return { level: 'error', word: l10n.t('Not watched') };
    case 'reconnecting':
      return { level: 'pending', word: l10n.t('Connecting again') };
  }
}

/** Where packets were seen, where not, and what is known to be lost: the ground every claim stands on. */
export function VantageList({ snapshot }: { readonly snapshot: TraceSnapshot }) {
  const { vantages, loss, source } = snapshot;
  return (
    <div class="page">
      <h2>{l10n.t('Watched')}</h2>
      {vantages.length === 0 && <p class="muted">{l10n.t('Nothing is watched yet.')}</p>}
      <ul class="vantages">
        {vantages.map((vantage) => {
          const { level, word } = mark(vantage);
          return (
            <li key={vantage.name} class="vantage">
              <SeverityMark level={level} label={word} />
              <div class="vantage-text">
                <div>
                  {vantage.name} <span class="muted">· {ROLE_WORDS[vantage.role] ?? vantage.role}</span>
                </div>
                <div class="muted">
                  {word} · {formatPlural(vantage.messages, l10n.t('{0} message|{0} messages'))}
                  {vantage.dropped > 0 && ` · ${l10n.t('{0} lost', formatCount(vantage.dropped))}`}
                </div>
                {vantage.note !== undefined && <div>{vantage.note}</div>}
              </div>
            </li>
          );
        })}
      </ul>
      <h2>{l10n.t('Lost')}</h2>
      <p>
        {loss.packets === 0 && loss.gaps === 0
          ? l10n.t('No packet is known to be lost at the places watched.')
          : l10n.t(
              '{0} lost, {1}. Findings that rest on silence there are marked as inferred.',
              formatPlural(loss.packets, l10n.t('{0} packet|{0} packets')),
              formatPlural(loss.gaps, l10n.t('{0} gap|{0} gaps')),
            )}
      </p>
      {loss.notes.length > 0 && (
        <ul class="notes">
          {loss.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {source.aftermath !== undefined && (
        <>
          <h2>{l10n.t('Left behind')}</h2>
          <p>{source.aftermath}</p>
        </>
      )}
    </div>
  );
}
