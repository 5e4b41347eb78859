import * as l10n from '@vscode/l10n';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { TraceSnapshot, ViewState } from '../../../src/protocol/webview.ts';
import { IconButton, LinkButton } from '../../widgets/button.tsx';
import { Chip } from '../../widgets/chip.tsx';
import { Dropdown } from '../../widgets/dropdown.tsx';
import { formatCount, formatPlural } from '../../widgets/format.ts';
import { ColumnPicker } from '../rows/columnPicker.tsx';
import { FilterField } from './filterField.tsx';
import { FilterProblemLine } from './filterProblemLine.tsx';
import { joinedTerms, termWords } from './filterTerms.ts';
import { MoreActions } from '../rows/moreActions.tsx';
import { isPanelRows } from '../rows/panelRows.ts';
import { type Preset, presetsFor } from './presets.ts';
import { SlowThreshold } from './slowThreshold.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';
import { sortOf } from '../uiState.ts';
import { NEXT_FAILURE_WORDS, ROW_TITLES, SORTED_WORDS } from '../words.ts';

export interface FilterBarProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

const ROWS = Object.entries(ROW_TITLES).map(([value, label]) => ({ value, label }));
const OWN: Preset = { value: '*', label: l10n.t('Own filter') };

/** Filter and switches; all that changes what the rows show stands here, in words. */
export function FilterBar({ state, snapshot, controller }: FilterBarProps) {
  const { ui, view } = state;
  const presets = presetsFor(snapshot.upstreams);
  const isPreset = presets.some(({ value }) => value === ui.filter);
  const live = snapshot.source.kind === 'live';
  const running = live && (snapshot.source.state === 'running' || snapshot.source.state === 'reconnecting');
  return (
    <div class="toolbar" role="toolbar" aria-label={l10n.t('Trace')}>
      <Dropdown
        label={l10n.t('Preset filters')}
        value={isPreset ? ui.filter : OWN.value}
        options={[...presets, OWN]}
        onChange={(value) => {
          if (value === OWN.value) controller.focusFilter();
          else controller.setFilter(value, true);
        }}
      />
      {view?.terms.some((term) => /\bslow\b/iu.test(term)) === true && (
        <SlowThreshold slowNs={snapshot.slowNs} controller={controller} />
      )}
      <FilterField state={state} controller={controller} />
      <div class="toolbar-group">
        {(snapshot.counts.failed > 0 || ui.rows !== 'lookups') && (
          <IconButton
            icon="nextFailure"
            label={NEXT_FAILURE_WORDS[ui.rows]}
            onClick={() => void controller.rows.nextFailure()}
          />
        )}
        {running && (
          <>
            <IconButton
              icon="follow"
              label={state.follow ? l10n.t('Following new rows; scroll up to stay') : l10n.t('Follow new rows')}
              pressed={state.follow}
              disabled={sortOf(state.ui) !== undefined}
              onClick={() => controller.rows.setFollow(!state.follow)}
            />
            <IconButton
              icon="freeze"
              label={
                state.frozen
                  ? l10n.t('Frozen: show new rows again')
                  : l10n.t('Freeze: hold the rows still, the trace goes on')
              }
              pressed={state.frozen}
              onClick={() => controller.rows.toggleFreeze()}
            />
          </>
        )}
        <Dropdown
          label={l10n.t('Rows')}
          value={ui.rows}
          options={ROWS}
          onChange={(value) => {
            if (isPanelRows(value)) controller.setRows(value);
          }}
        />
        <ColumnPicker state={state} controller={controller} />
        <span class="toolbar-gap" />
        {running && (
          <IconButton icon="stop" label={l10n.t('Stop the trace')} onClick={() => controller.run({ name: 'stop' })} />
        )}
        {live && !running && snapshot.source.state !== 'starting' && snapshot.source.state !== 'stopping' && (
          <IconButton
            icon="again"
            label={l10n.t('Trace again')}
            onClick={() => controller.run({ name: 'traceAgain' })}
          />
        )}
        {live && (
          <IconButton
            icon="clear"
            label={l10n.t('Clear the rows')}
            disabled={snapshot.counts.packets === 0}
            onClick={() => controller.run({ name: 'clear' })}
          />
        )}
        <IconButton
          icon="save"
          label={l10n.t('Save the capture (pcapng)')}
          disabled={snapshot.counts.packets === 0}
          onClick={() => controller.run({ name: 'save' })}
        />
        <MoreActions state={state} snapshot={snapshot} controller={controller} />
      </div>
      <FilterProblemLine problem={view?.problem} />
      {view !== undefined && <FilterFacts state={state} snapshot={snapshot} view={view} controller={controller} />}
    </div>
  );
}

/** Chips of what narrows the rows, then the counts. */
function FilterFacts({ state, snapshot, view, controller }: FilterBarProps & { readonly view: ViewState }) {
  const { counts, loss } = snapshot;
  const { terms } = view;
  const held = snapshot.view.count - view.count;
  const sort = sortOf(state.ui);
  return (
    <div class="facts">
      {terms.map((term, index) => (
        <Chip
          key={`${String(index)} ${term}`}
          text={termWords(view, index, snapshot.findings)}
          title={visibleText(term)}
          onRemove={() => controller.setFilter(joinedTerms(terms.filter((_, other) => other !== index)))}
        />
      ))}
      {sort !== undefined && (
        <Chip
          text={
            snapshot.source.state === 'running'
              ? `${SORTED_WORDS[sort.column]} · ${l10n.t('new rows fall into place')}`
              : SORTED_WORDS[sort.column]
          }
          onRemove={() => controller.setSort(undefined)}
        />
      )}
      {state.frozen && (
        <Chip
          text={held > 0 ? formatPlural(held, l10n.t('Frozen, {0} new row|Frozen, {0} new rows')) : l10n.t('Frozen')}
          onRemove={() => controller.rows.toggleFreeze()}
        />
      )}
      {view.rows !== 'lookups' && (
        <span>
          {formatPlural(
            view.count,
            view.rows === 'messages' ? l10n.t('{0} message|{0} messages') : l10n.t('{0} query|{0} queries'),
          )}
        </span>
      )}
      <span>
        {terms.length > 0
          ? formatPlural(counts.lookups, l10n.t('{1} of {0} lookup|{1} of {0} lookups'), formatCount(view.lookups))
          : formatPlural(counts.lookups, l10n.t('{0} lookup|{0} lookups'))}
      </span>
      {counts.failed > 0 && (
        <LinkButton
          title={view.rows === 'lookups' ? NEXT_FAILURE_WORDS.lookups : l10n.t('Show the failed lookups')}
          onClick={() => {
            if (view.rows === 'lookups') void controller.rows.nextFailure();
            else controller.showFigure([], ['failed'], 'lookups');
          }}
        >
          {l10n.t('{0} failed', formatCount(counts.failed))}
        </LinkButton>
      )}
      {counts.pending > 0 && (
        <LinkButton
          title={l10n.t('Show the lookups that wait')}
          onClick={() => controller.showFigure([], ['pending'], 'lookups')}
        >
          {l10n.t('{0} waiting', formatCount(counts.pending))}
        </LinkButton>
      )}
      {counts.slow > 0 && (
        <LinkButton
          title={l10n.t('Show the slow lookups')}
          onClick={() => controller.showFigure([], ['slow'], 'lookups')}
        >
          {l10n.t('{0} slow', formatCount(counts.slow))}
        </LinkButton>
      )}
      {counts.undecodable > 0 && <span>{l10n.t('{0} not decodable', formatCount(counts.undecodable))}</span>}
      <span class="facts-lost">
        {loss.packets > 0 || loss.gaps > 0 ? (
          <LinkButton title={loss.notes.join('\n')} onClick={() => controller.setShown({ tab: 'watched' })}>
            {lossText(loss)}
          </LinkButton>
        ) : (
          l10n.t('{0} lost', 0)
        )}
      </span>
    </div>
  );
}

function lossText(loss: TraceSnapshot['loss']): string {
  const gaps = loss.gaps > 0 ? formatPlural(loss.gaps, l10n.t('{0} gap|{0} gaps')) : '';
  return [loss.packets > 0 ? l10n.t('{0} lost', formatCount(loss.packets)) : '', gaps]
    .filter((part) => part !== '')
    .join(', ');
}
