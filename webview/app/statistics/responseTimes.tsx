import * as l10n from '@vscode/l10n';
import { useRef, useState } from 'preact/hooks';
import type { TimeBucket } from '../../../src/core/view/statistics/statisticsRows.ts';
import { formatCount, formatPlural } from '../../widgets/format.ts';
import { bucketText, edgeText } from './statisticsWords.ts';

/** How often answers took how long, on a scale on which each step is about one and a half times the one before; a bar shows its queries. */
export function ResponseTimes({
  times,
  slowNs,
  onShow,
}: {
  readonly times: readonly TimeBucket[];
  readonly slowNs: number;
  readonly onShow: (bucket: TimeBucket) => void;
}) {
  const [current, setCurrent] = useState<number | undefined>(undefined);
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const bars = useRef<HTMLDivElement | null>(null);
  const most = Math.max(1, ...times.map(({ count }) => count));
  const total = times.reduce((sum, { count }) => sum + count, 0);
  const at = Math.max(
    0,
    times.findIndex(({ fromNs }) => fromNs === current),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: times.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(to, times.length - 1));
    (bars.current?.children[index] as HTMLElement | undefined)?.focus();
  };
  const shown = times[pointed ?? -1];
  return (
    <div class="times">
      <p class="times-readout">
        {shown === undefined
          ? l10n.t(
              '{0}, most in {1}',
              formatPlural(total, l10n.t('{0} answer|{0} answers')),
              bucketText(times.find(({ count }) => count === most)!),
            )
          : sentence(shown)}
        {times.some(({ fromNs }) => fromNs >= slowNs) && (
          <span class="times-key">{l10n.t('Slow: over {0}', edgeText(slowNs))}</span>
        )}
      </p>
      <div
        class="times-bars"
        ref={bars}
        role="group"
        aria-label={l10n.t('Response times')}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setPointed(undefined)}
      >
        {times.map((bucket, index) => (
          <button
            key={bucket.fromNs}
            type="button"
            class={bucket.fromNs >= slowNs ? 'times-bar times-bar-slow' : 'times-bar'}
            tabIndex={index === at ? 0 : -1}
            aria-label={sentence(bucket)}
            title={sentence(bucket)}
            aria-disabled={bucket.count === 0}
            onFocus={() => {
              setCurrent(bucket.fromNs);
              setPointed(index);
            }}
            onBlur={() => setPointed(undefined)}
            onMouseEnter={() => setPointed(index)}
            onClick={() => bucket.count > 0 && onShow(bucket)}
          >
            <Bar share={bucket.count / most} isSlow={bucket.fromNs >= slowNs} />
          </button>
        ))}
      </div>
      <div class="times-axis" aria-hidden="true">
        {times.map(({ fromNs }, index) => (
          <span key={fromNs} class={isMarked(fromNs) ? 'times-tick times-tick-marked' : 'times-tick'}>
            {isMarked(fromNs) || (index === 0 && times.length < 6) ? edgeText(fromNs) : ''}
          </span>
        ))}
      </div>
    </div>
  );
}

const TOP = 100;

/** Least two hundredths high where there is something; slow ones have a cap, so that colour is not all that tells them. */
function Bar({ share, isSlow }: { readonly share: number; readonly isSlow: boolean }) {
  const height = share === 0 ? 0 : Math.max(2, share * TOP);
  return (
    <svg class="times-drawing" viewBox={`0 0 10 ${String(TOP)}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="times-fill" x="1" y={TOP - height} width="8" height={height} />
      {isSlow && <rect class="times-cap" x="1" y={TOP - height} width="8" height={Math.min(3, height / 2)} />}
    </svg>
  );
}

function sentence(bucket: TimeBucket): string {
  const count = bucket.count === 0 ? l10n.t('No answer') : formatPlural(bucket.count, l10n.t('{0} answer|{0} answers'));
  return l10n.t('{0} in {1}', count, bucketText(bucket));
}

/** Decades. */
function isMarked(nanoseconds: number): boolean {
  return nanoseconds > 0 && /^10*$/u.test(formatCount(nanoseconds).replaceAll(',', ''));
}
