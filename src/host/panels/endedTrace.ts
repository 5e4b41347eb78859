import * as l10n from '@vscode/l10n';
import { Emitter } from '../../base/event.ts';
import type { TraceStore } from '../../session/trace/traceStore.ts';
import type { OpenTrace, TraceChoice } from '../traces/openTrace.ts';

/** Stands for a live trace that a reload of the window has ended: no rows, but its panel can start it again. */
export function endedTrace(store: TraceStore, choice: TraceChoice): OpenTrace {
  const changed = new Emitter<void>();
  store.setSource({
    kind: 'live',
    title: l10n.t('{0} in {1} (context {2})', choice.pod, choice.namespace, choice.context),
    state: 'ended',
    problems: [
      {
        code: 'window-reloaded',
        detail: l10n.t('This trace ended when the window was reloaded; its captures end by themselves within 15 s'),
        recover: l10n.t('What it had seen by then is offered in a message; trace again to go on'),
      },
    ],
  });
  return {
    kind: 'live',
    name: choice.pod,
    store,
    snapshot: undefined,
    onDidChange: changed.event,
    isRunning: false,
    choice,
    watched: new Set(),
    restore: { kind: 'live', choice },
    stop: () => Promise.resolve(),
    dispose: () => {
      changed.dispose();
      store.dispose();
    },
  };
}
