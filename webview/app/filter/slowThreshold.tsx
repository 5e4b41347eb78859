import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import { MOST_SLOW_NS, LEAST_SLOW_NS } from '../../../src/protocol/webview.ts';
import type { TraceController } from '../traceController.ts';

const NS_PER_MS = 1e6;

/** What counts as slow in this trace, where it is filtered by; the setting stays as it is. */
export function SlowThreshold({
  slowNs,
  controller,
}: {
  readonly slowNs: number;
  readonly controller: TraceController;
}) {
  const shown = String(slowNs / NS_PER_MS);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const nanoseconds = Math.round(Number(text) * NS_PER_MS);
  const isSound = text.trim() !== '' && nanoseconds >= LEAST_SLOW_NS && nanoseconds <= MOST_SLOW_NS;
  const apply = (): void => {
    if (isSound && nanoseconds !== slowNs) controller.run({ name: 'setSlowThreshold', nanoseconds });
    else if (!isSound) setText(shown);
  };
  return (
    <label
      class="slow-threshold"
      title={l10n.t('Lookups that take longer are slow, in this trace: 0.005 ms to 10,000 ms')}
    >
      {l10n.t('over')}
      <input
        type="number"
        class="number-input"
        aria-label={l10n.t('Slow threshold in milliseconds')}
        aria-invalid={isSound ? undefined : true}
        min={LEAST_SLOW_NS / NS_PER_MS}
        max={MOST_SLOW_NS / NS_PER_MS}
        step="any"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onChange={apply}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          setText(shown);
        }}
      />
      {l10n.t('ms')}
    </label>
  );
}
