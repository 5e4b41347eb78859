import * as l10n from '@vscode/l10n';
import { useEffect } from 'preact/hooks';
import type { Comparison } from '../../../src/core/view/compare/compare.ts';
import { Button, IconButton } from '../../widgets/button.tsx';
import { formatPlural } from '../../widgets/format.ts';
import { ProgressRing } from '../../widgets/progressRing.tsx';
import { type CompareChoice, compareSides } from './compareChoice.ts';
import { CompareField, type FieldOffer, FieldProblem } from './compareField.tsx';
import { matching, pairOffers, type Side, SIDE_LETTERS, sideOffers } from './compareOffers.ts';
import { CompareTable } from './compareTable.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

interface CompareViewProps {
  readonly state: PanelState;
  readonly controller: TraceController;
}

const EMPTY_OFFERS: Comparison['offers'] = { clients: [], replicas: [], names: [], moments: [] };

/** Two pods, two CoreDNS pods or two times beside each other: what differs, and whether it can be told. */
export function CompareView({ state, controller }: CompareViewProps) {
  const { compare: overview } = controller.overviews;
  useEffect(() => {
    const watching = overview.watch();
    return () => watching.dispose();
  }, [overview]);
  const choice = state.ui.compare;
  const { value, problem } = overview;
  const sides = compareSides(choice);
  const isFresh = value !== undefined && value.a.filter === sides.a && value.b.filter === sides.b;
  const hasFigures = value !== undefined && value.figures.length > 0;
  return (
    <section class="compare" aria-label={l10n.t('Comparison')}>
      <div class="compare-sides">
        <SideChooser side="a" state={state} comparison={value} controller={controller} />
        <IconButton
          icon="swap"
          label={l10n.t('Swap A and B')}
          disabled={choice.a === '' && choice.b === ''}
          onClick={() => controller.compare({ a: choice.b, b: choice.a })}
        />
        <SideChooser side="b" state={state} comparison={value} controller={controller} />
        <NameChooser choice={choice} comparison={value} controller={controller} />
      </div>
      {problem !== undefined && (
        <p class="compare-message">{l10n.t('The comparison could not be made: {0}', problem.detail)}</p>
      )}
      {value === undefined ? (
        problem === undefined && (
          <div class="empty">
            <ProgressRing label={l10n.t('Reading the trace')} />
          </div>
        )
      ) : choice.a === '' || choice.b === '' ? (
        <CompareEmpty comparison={value} state={state} controller={controller} />
      ) : (
        <div
          class="compare-scroller"
          tabIndex={0}
          role="region"
          aria-label={l10n.t('Figures of both sides')}
          aria-busy={!isFresh}
        >
          {hasFigures && (
            <CompareTable comparison={value} onShow={(filter) => controller.showFigure([], [filter], 'lookups')} />
          )}
        </div>
      )}
    </section>
  );
}

function SideChooser({
  side,
  state,
  comparison,
  controller,
}: {
  readonly side: Side;
  readonly state: PanelState;
  readonly comparison: Comparison | undefined;
  readonly controller: TraceController;
}) {
  const choice = state.ui.compare;
  const asked = comparison?.[side];
  const isFresh = asked?.filter === compareSides(choice)[side];
  const problem = isFresh ? asked.problem : undefined;
  const id = `compare-problem-${side}`;
  const offersFor = (typed: string): readonly FieldOffer[] =>
    matching(sideOffers(side, comparison?.offers ?? EMPTY_OFFERS, state.view, choice), typed).map(
      ({ offer, suggestion }) => ({ suggestion, onChoose: () => controller.compare(offer.change) }),
    );
  return (
    <div class="compare-side">
      <div class="compare-side-line">
        <span class="compare-letter" aria-hidden="true">
          {SIDE_LETTERS[side]}
        </span>
        <CompareField
          label={l10n.t('Side {0}', SIDE_LETTERS[side])}
          placeholder={l10n.t('A pod, a CoreDNS pod, a time or a filter')}
          value={choice[side]}
          offersFor={offersFor}
          problem={problem}
          describedBy={id}
          onChange={(filter) => controller.compare(side === 'a' ? { a: filter } : { b: filter })}
        />
      </div>
      <FieldProblem id={id} problem={problem} />
      {isFresh && problem === undefined && choice[side] !== '' && (
        <div class="compare-count">{formatPlural(asked.lookups, l10n.t('{0} lookup|{0} lookups'))}</div>
      )}
    </div>
  );
}

function NameChooser({
  choice,
  comparison,
  controller,
}: {
  readonly choice: CompareChoice;
  readonly comparison: Comparison | undefined;
  readonly controller: TraceController;
}) {
  const names = comparison?.offers.names ?? [];
  const offersFor = (typed: string): readonly FieldOffer[] =>
    matching(
      names.map(({ label, count }) => ({
        label,
        kind: l10n.t('name'),
        help: formatPlural(count, l10n.t('{0} lookup|{0} lookups')),
        change: { name: label },
      })),
      typed,
    ).map(({ offer, suggestion }) => ({ suggestion, onChoose: () => controller.compare(offer.change) }));
  return (
    <div class="compare-side compare-name">
      <div class="compare-side-line">
        <CompareField
          label={l10n.t('Name')}
          placeholder={l10n.t('Any name')}
          value={choice.name}
          offersFor={offersFor}
          problem={undefined}
          describedBy="compare-name-help"
          onChange={(name) => controller.compare({ name })}
        />
      </div>
      <div id="compare-name-help" class="unseen">
        {l10n.t('Both sides then hold lookups of this name alone')}
      </div>
    </div>
  );
}

/** Before two sides are chosen: what a side can be, and whole comparisons in a click. */
function CompareEmpty({
  comparison,
  state,
  controller,
}: {
  readonly comparison: Comparison;
  readonly state: PanelState;
  readonly controller: TraceController;
}) {
  const { a, b } = state.ui.compare;
  const missing = a !== '' ? 'B' : b !== '' ? 'A' : undefined;
  const pairs = missing === undefined ? pairOffers(comparison.offers, state.view).slice(0, 4) : [];
  return (
    <div class="empty">
      <h2>{missing === undefined ? l10n.t('Choose two sides to compare') : l10n.t('Choose side {0}', missing)}</h2>
      <p>
        {l10n.t(
          'A side is a pod, a CoreDNS pod, a stretch of time or any filter. Choose it from the list beside the field, or write it. Brush the timeline first, and its time is in the list. With a name, both sides hold lookups of that name alone.',
        )}
      </p>
      {pairs.map(({ label, help, change }) => (
        <div key={label} class="compare-pair">
          <Button title={help} onClick={() => controller.compare(change)}>
            {label}
          </Button>
          <span class="muted">{help}</span>
        </div>
      ))}
    </div>
  );
}
