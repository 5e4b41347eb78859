import * as l10n from '@vscode/l10n';
import { formatWaiting } from '../widgets/format.ts';
import { useNow } from './clock.ts';

/** Time since a query, counting up. Epoch microseconds in; the clock is this machine's. */
export function Waiting({ sinceUs, running }: { readonly sinceUs: number; readonly running: boolean }) {
  const now = useNow(running);
  if (!running) return <span class="muted">{l10n.t('no end seen')}</span>;
  return <span class="waiting">{formatWaiting(now * 1e6 - sinceUs * 1e3)}</span>;
}
