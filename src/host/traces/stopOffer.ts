/** A panel that is closed does not end its trace: whoever closed it is told so, once, and may stop it. */
import * as l10n from '@vscode/l10n';
import type { Notifier } from '../notify.ts';
import type { TracePanels } from '../panels/tracePanels.ts';
import type { OpenTrace } from './openTrace.ts';

export async function offerToStop(notify: Notifier, panels: TracePanels, trace: OpenTrace): Promise<void> {
  const choices = [
    { label: l10n.t('Stop Trace'), value: 'stop' } as const,
    { label: l10n.t('Show Panel'), value: 'show' } as const,
  ];
  const answer = await notify.info<'stop' | 'show'>(l10n.t('The trace of {0} goes on', trace.name), choices);
  if (answer === 'stop') await trace.stop();
  if (answer === 'show') panels.show(trace);
}
