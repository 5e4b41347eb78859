import * as l10n from '@vscode/l10n';

/**
 * The way of a lookup as marks on a line. The state is told by shape first and by colour second, so it survives
 * colour blindness, high contrast and print. What was not watched is hollow: never drawn as good.
 */
export type HopStripState = 'ok' | 'failed' | 'slow' | 'pending' | 'unwatched' | 'unused';

export interface HopStripHop {
  /** Stable word for keys: `client`, `coredns`, … */
  readonly hop: string;
  /** What users call it: `CoreDNS`. */
  readonly title: string;
  readonly state: HopStripState;
  /** Who stands there. */
  readonly label: string;
  readonly note?: string;
  /** Formatted time from this hop's query to its response. */
  readonly took?: string;
}

const STATE_WORDS: Readonly<Record<HopStripState, string>> = {
  ok: l10n.t('ok'),
  failed: l10n.t('failed'),
  slow: l10n.t('slow'),
  pending: l10n.t('waiting'),
  unwatched: l10n.t('not watched'),
  unused: l10n.t('not on the way'),
};

function words(hop: HopStripHop): string {
  const state = hop.note ?? STATE_WORDS[hop.state];
  const label = hop.label === '' ? '' : ` (${hop.label})`;
  return `${hop.title}${label}: ${hop.note === undefined || hop.note.startsWith(STATE_WORDS[hop.state]) ? state : `${STATE_WORDS[hop.state]}, ${state}`}`;
}

const round = (radius: number): string =>
  `m-${String(radius)} 0a${String(radius)} ${String(radius)} 0 1 0 ${String(2 * radius)} 0a${String(radius)} ${String(radius)} 0 1 0-${String(2 * radius)} 0`;

/** The marks, as paths from their middle. One that waits turns, and is an element of its own. */
const PATHS: Readonly<Record<Exclude<HopStripState, 'pending'>, string>> = {
  ok: round(3.6),
  failed: 'm-4-4 8 8m0-8-8 8',
  slow: 'm0-4.6 4.9 8.6h-9.8z',
  unwatched: round(3.5),
  unused: 'm-2.5 0h5',
};

/** One mark in a field of 12 × 12 around the middle. */
export function HopMarkShape({
  state,
  x,
  y,
}: {
  readonly state: HopStripState;
  readonly x: number;
  readonly y: number;
}) {
  if (state !== 'pending') return <path class={`hop-${state}`} d={`M${String(x)} ${String(y)}${PATHS[state]}`} />;
  return (
    <g class="hop-pending" transform={`translate(${String(x)} ${String(y)})`}>
      <circle class="hop-turning" r="3.9" />
    </g>
  );
}

const STEP = 18;

/**
 * A path for each state and one for the lines between: a grid paints a strip for every row of every frame, and forty
 * elements a row were half of its work.
 */
function stripPaths(hops: readonly HopStripHop[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const add = (className: string, d: string): void => void paths.set(className, (paths.get(className) ?? '') + d);
  hops.forEach(({ state }, index) => {
    const x = index * STEP;
    if (index > 0 && state !== 'unused' && hops[index - 1]?.state !== 'unused')
      add('hop-line', `M${String(x - 3)} 7h${String(STEP - 12)}`);
    if (state !== 'pending') add(`hop-${state}`, `M${String(x + STEP / 2)} 7${PATHS[state]}`);
  });
  return paths;
}

/** Small marks for a row of the grid; the words are in the tooltip and the accessible name. */
export function HopStrip({ hops }: { readonly hops: readonly HopStripHop[] }) {
  const width = Math.max(1, hops.length) * STEP;
  const all = hops.map(words).join('; ');
  return (
    <span class="hop-strip" title={all}>
      <svg width={width} height="14" viewBox={`0 0 ${String(width)} 14`} role="img" aria-label={all}>
        {[...stripPaths(hops)].map(([className, d]) => (
          <path key={className} class={className} d={d} />
        ))}
        {hops.map(
          ({ hop, state }, index) =>
            state === 'pending' && <HopMarkShape key={hop} state={state} x={STEP / 2 + index * STEP} y={7} />,
        )}
      </svg>
    </span>
  );
}

/**
 * Time on the arrow that leads to a hop: what that hop took to answer. The first arrow has what the pod waited, when
 * the second hop is only an address translation and has no time of its own.
 */
function arrowTime(hops: readonly HopStripHop[], index: number): string | undefined {
  return hops[index]?.took ?? (index === 1 ? hops[0]?.took : undefined);
}

/** The strip with words: who stands at each hop, times on the arrows, notes under the marks. */
export function HopStripDetails({ hops }: { readonly hops: readonly HopStripHop[] }) {
  return (
    <ol class="hop-details" aria-label={l10n.t('Way of the lookup')}>
      {hops.map((hop, index) => (
        <li key={hop.hop} class={`hop-detail hop-detail-${hop.state}`}>
          <div class="hop-detail-title">{hop.title}</div>
          <div class="hop-detail-mark">
            {index > 0 && <Arrow used={hop.state !== 'unused'} side="in" />}
            {index > 0 && <span class="hop-detail-took">{arrowTime(hops, index)}</span>}
            <svg width="20" height="20" viewBox="0 0 14 14" role="img" aria-label={STATE_WORDS[hop.state]}>
              <HopMarkShape state={hop.state} x={7} y={7} />
            </svg>
            {index < hops.length - 1 && <Arrow used={hops[index + 1]?.state !== 'unused'} side="out" />}
          </div>
          <div class="hop-detail-label" title={hop.label}>
            {hop.label}
          </div>
          <div class="hop-detail-note">{hop.note ?? (hop.state === 'ok' ? '' : STATE_WORDS[hop.state])}</div>
        </li>
      ))}
    </ol>
  );
}

function Arrow({ used, side }: { readonly used: boolean; readonly side: 'in' | 'out' }) {
  return (
    <span class={`hop-arrow hop-arrow-${side}${used ? '' : ' hop-arrow-unused'}`} aria-hidden="true">
      {side === 'in' && used && (
        <svg width="6" height="8" viewBox="0 0 6 8">
          <path d="M0 0 6 4 0 8z" fill="currentColor" />
        </svg>
      )}
    </span>
  );
}

export const ALL_HOP_STATES: readonly HopStripState[] = ['ok', 'failed', 'slow', 'pending', 'unwatched', 'unused'];

/** What the shapes mean, for a legend. */
export function HopLegend() {
  return (
    <ul class="hop-legend">
      {ALL_HOP_STATES.map((state) => (
        <li key={state}>
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <HopMarkShape state={state} x={7} y={7} />
          </svg>
          {STATE_WORDS[state]}
        </li>
      ))}
    </ul>
  );
}
