import type { TraceSnapshot, VantageView } from '../../src/protocol/webview.ts';
import { formatCount, formatPlural } from '../widgets/format.ts';
import { type MarkLevel, SeverityMark } from '../widgets/severityMark.tsx';

const ROLE_WORDS: Readonly<Record<string, string>> = {
  client: 'Pod under trace',
  coredns: 'CoreDNS',
  nodelocal: 'NodeLocal DNSCache',
  node: 'Node',
  unknown: 'Inferred from its traffic',
};

function mark(vantage: VantageView): { readonly level: MarkLevel; readonly word: string } {
  switch (vantage.state) {
    case 'running':
      return vantage.dropped > 0
        ? { level: 'warning', word: 'Watching, with losses' }
        : { level: 'ok', word: 'Watching' };
    case 'ended':
      return { level: 'none', word: 'Ended' };
    case 'failed':
      return { level: 'error', word: 'Not watched' };
    case 'reconnecting':
      return { level: 'pending', word: 'Connecting again' };
  }
}

/** Where packets were seen, where not, and what is known to be lost: the ground every claim stands on. */
export function VantageList({ snapshot }: { readonly snapshot: TraceSnapshot }) {
  const { vantages, loss, source } = snapshot;
  return (
    <div class="page">
      <h2>Watched</h2>
      {vantages.length === 0 && <p class="muted">Nothing is watched yet.</p>}
      <ul class="vantages">
        {vantages.map((vantage) => {
          const { level, word } = mark(vantage);
          return (
            <li key={vantage.name} class="vantage">
              <SeverityMark level={level} label={word} />
              <div class="vantage-text">
                <div>
                  {vantage.name} <span class="muted">{ROLE_WORDS[vantage.role] ?? vantage.role}</span>
                </div>
                <div class="muted">
                  {word} · {formatPlural(vantage.messages, 'message')}
                  {vantage.dropped > 0 && ` · ${formatCount(vantage.dropped)} lost`}
                </div>
                {vantage.note !== undefined && <div>{vantage.note}</div>}
              </div>
            </li>
          );
        })}
      </ul>
      <h2>Lost</h2>
      <p>
        {loss.packets === 0 && loss.gaps === 0
          ? 'No packet is known to be lost at the places watched.'
          : `${formatPlural(loss.packets, 'packet')} lost, ${formatPlural(loss.gaps, 'gap')}. Findings that rest on silence there are marked as inferred.`}
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
          <h2>Left behind</h2>
          <p>{source.aftermath}</p>
        </>
      )}
    </div>
  );
}
