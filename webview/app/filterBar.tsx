import { visibleText } from '../../src/base/visibleText.ts';
import { isRowLevel, type TraceSnapshot, type ViewState } from '../../src/protocol/webview.ts';
import { IconButton, LinkButton } from '../widgets/button.tsx';
import { Chip } from '../widgets/chip.tsx';
import { Dropdown } from '../widgets/dropdown.tsx';
import { formatCount, formatPlural } from '../widgets/format.ts';
import { ColumnPicker } from './columnPicker.tsx';
import { FilterField } from './filterField.tsx';
import { FilterProblemLine } from './filterProblemLine.tsx';
import { joinedTerms, termWords } from './filterTerms.ts';
import { MoreActions } from './moreActions.tsx';
import { type Preset, presetsFor } from './presets.ts';
import { SlowThreshold } from './slowThreshold.tsx';
import type { PanelState } from './panelState.ts';
import type { TraceController } from './traceController.ts';
import { sortOf } from './uiState.ts';
import { ROW_TITLES, ROW_WORDS, SORT_WORDS } from './words.ts';

export interface FilterBarProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

const ROWS = Object.entries(ROW_TITLES).map(([value, label]) => ({ value, label }));
const OWN: Preset = { value: '*', label: 'Own filter' };

/** Filter and switches; all that changes what the rows show stands here, in words. */
export function FilterBar({ state, snapshot, controller }: FilterBarProps) {
  const { ui, view } = state;
  const presets = presetsFor(snapshot.upstreams);
  const isPreset = presets.some(({ value }) => value === ui.filter);
  const live = snapshot.source.kind === 'live';
  const running = live && (snapshot.source.state === 'running' || snapshot.source.state === 'reconnecting');
  return (
    <div class="toolbar" role="toolbar" aria-label="Trace">
      <Dropdown
        label="Preset filters"
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
            label={`Go to the next failed ${ROW_WORDS[ui.rows]}`}
            onClick={() => void controller.nextFailure()}
          />
        )}
        {running && (
          <>
            <IconButton
              icon="follow"
              label={state.follow ? 'Following new rows; scroll up to stay' : 'Follow new rows'}
              pressed={state.follow}
              disabled={sortOf(state.ui) !== undefined}
              onClick={() => controller.setFollow(!state.follow)}
            />
            <IconButton
              icon="freeze"
              label={state.frozen ? 'Frozen: show new rows again' : 'Freeze: hold the rows still, the trace goes on'}
              pressed={state.frozen}
              onClick={() => controller.toggleFreeze()}
            />
          </>
        )}
        <Dropdown
          label="Rows"
          value={ui.rows}
          options={ROWS}
          onChange={(value) => {
            if (isRowLevel(value)) controller.setRows(value);
          }}
        />
        <ColumnPicker state={state} controller={controller} />
        <span class="toolbar-gap" />
        {running && <IconButton icon="stop" label="Stop the trace" onClick={() => controller.run({ name: 'stop' })} />}
        {live && !running && snapshot.source.state !== 'starting' && snapshot.source.state !== 'stopping' && (
          <IconButton icon="again" label="Trace again" onClick={() => controller.run({ name: 'traceAgain' })} />
        )}
        {live && (
          <IconButton
            icon="clear"
            label="Clear the rows"
            disabled={snapshot.counts.packets === 0}
            onClick={() => controller.run({ name: 'clear' })}
          />
        )}
        <IconButton
          icon="save"
          label="Save the capture (pcapng)"
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
          text={`Sorted by ${SORT_WORDS[sort.column]}${snapshot.source.state === 'running' ? ', new rows fall into place' : ''}`}
          onRemove={() => controller.setSort(undefined)}
        />
      )}
      {state.frozen && (
        <Chip
          text={held > 0 ? `Frozen, ${formatPlural(held, 'new row')}` : 'Frozen'}
          onRemove={() => controller.toggleFreeze()}
        />
      )}
      {view.rows !== 'lookups' && (
        <span>
          {formatPlural(
            view.count,
            view.rows === 'messages' ? 'message' : 'query',
            view.rows === 'messages' ? undefined : 'queries',
          )}
        </span>
      )}
      <span>
        {terms.length > 0
          ? `${formatCount(view.lookups)} of ${formatPlural(counts.lookups, 'lookup')}`
          : formatPlural(counts.lookups, 'lookup')}
      </span>
      {counts.failed > 0 && (
        <LinkButton title="Go to the next failed lookup" onClick={() => void controller.nextFailure()}>
          {formatCount(counts.failed)} failed
        </LinkButton>
      )}
      {counts.pending > 0 && (
        <LinkButton title="Show the lookups that wait" onClick={() => controller.showRows('pending')}>
          {formatCount(counts.pending)} waiting
        </LinkButton>
      )}
      {counts.slow > 0 && (
        <LinkButton title="Show the slow lookups" onClick={() => controller.showRows('slow')}>
          {formatCount(counts.slow)} slow
        </LinkButton>
      )}
      {counts.undecodable > 0 && <span>{formatCount(counts.undecodable)} not decodable</span>}
      <span class="facts-lost">
        {loss.packets > 0 || loss.gaps > 0 ? (
          <LinkButton title={loss.notes.join('\n')} onClick={() => controller.setShown({ tab: 'watched' })}>
            {lossText(loss)}
          </LinkButton>
        ) : (
          '0 lost'
        )}
      </span>
    </div>
  );
}

function lossText(loss: TraceSnapshot['loss']): string {
  const gaps = loss.gaps > 0 ? formatPlural(loss.gaps, 'gap') : '';
  return [loss.packets > 0 ? `${formatCount(loss.packets)} lost` : '', gaps].filter((part) => part !== '').join(', ');
}
