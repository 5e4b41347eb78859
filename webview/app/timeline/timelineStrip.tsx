import * as l10n from '@vscode/l10n';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Timeline, TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import type { TraceSnapshot, ViewState } from '../../../src/protocol/webview.ts';
import type { TraceNote } from '../../../src/core/trace/traceNote.ts';
import { Icon } from '../../widgets/icon.tsx';
import { TimeChart } from '../../widgets/timeChart.tsx';
import { beginOf, intervalAt, type IntervalRange } from '../../widgets/timeChartScale.ts';
import { filteredTime, filterInTime, timeWords } from '../filter/filterTerms.ts';
import { nextKind } from '../notes/noteDraft.ts';
import { useHeld } from './timelineHeld.ts';
import { cursorOn, type PlacedCursor, rangeOf, type TimelineCursor, timelineKey } from './timelineKeys.ts';
import { marksOn } from './timelineMarkPlaces.ts';
import { TimelineMarks } from './timelineMarks.tsx';
import { type Readout, readout, readoutText, spanText, summary } from './timelineWords.ts';
import { PAN_SHARE, wholeSentence } from './timelineZoom.ts';
import { isZoomed, zoomActions } from './timelineZoomActions.ts';
import { TimelineZoomBar } from './timelineZoomBar.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

interface TimelineStripProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

/** When lookups began, which of them failed and how long they took; a stretch of it becomes the filter's time. */
export function TimelineStrip({ state, snapshot, controller }: TimelineStripProps) {
  const { ui, view } = state;
  const open = ui.timeline;
  useEffect(() => {
    if (!open) return undefined;
    const watching = controller.overviews.timeline.watch();
    return () => watching.dispose();
  }, [controller, open]);
  const { value } = controller.overviews.timeline;
  if (view === undefined || value?.all.lookups.length === 0) return undefined;
  const running = snapshot.source.kind === 'live' && ['running', 'reconnecting'].includes(snapshot.source.state);
  return (
    <section class="timeline" aria-label={l10n.t('Timeline')}>
      {open && value !== undefined ? (
        <OpenTimeline
          value={value}
          notes={snapshot.notes ?? NO_NOTES}
          running={running}
          view={view}
          zoom={ui.zoom}
          controller={controller}
        />
      ) : (
        <div class="timeline-head">
          <Toggle open={open} onToggle={() => controller.setShown({ timeline: !open })} />
        </div>
      )}
      {open && value === undefined && <div class="timeline-chart" />}
    </section>
  );
}

function Toggle({ open, onToggle }: { readonly open: boolean; readonly onToggle: () => void }) {
  return (
    <button
      type="button"
      class={open ? 'timeline-toggle timeline-toggle-open' : 'timeline-toggle'}
      aria-expanded={open}
      onClick={onToggle}
    >
      <Icon name="chevron" />
      {l10n.t('Timeline')}
    </button>
  );
}

const NO_NOTES: readonly TraceNote[] = [];

interface OpenTimelineProps {
  readonly value: Timeline;
  readonly notes: readonly TraceNote[];
  readonly running: boolean;
  readonly view: ViewState;
  readonly zoom: TimelinePart | undefined;
  readonly controller: TraceController;
}

function OpenTimeline({ value, notes, running, view, zoom, controller }: OpenTimelineProps) {
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const [placed, setPlaced] = useState<PlacedCursor | undefined>(undefined);
  const [said, setSaid] = useState('');
  const [event, setEvent] = useState<string | undefined>(undefined);
  const slider = useRef<HTMLDivElement | null>(null);
  const gaps = useMemo(() => value.marks.filter(({ kind }) => kind === 'gap'), [value.marks]);
  const isHeld = pointed !== undefined || placed !== undefined;
  const data = useHeld(value, { running, isHeld, view: view.view, zoom });
  const cursor = useMemo(() => cursorOn(data, placed), [data, placed]);
  const setCursor = (at: TimelineCursor | undefined): void =>
    setPlaced(at === undefined ? undefined : { cursor: at, data });
  const marks = useMemo(
    () => marksOn({ marks: value.marks, notes, data, isPart: value.whole !== undefined }),
    [data, value, notes],
  );
  const range = cursor?.anchor === undefined ? undefined : rangeOf(cursor);
  const interval = pointed ?? cursor?.at;
  const shown = range ?? (interval === undefined ? undefined : { from: interval, to: interval });
  const words = shown === undefined ? undefined : readout(data, shown);
  const actions = zoomActions({ value, zoom, running, controller, slider, say: setSaid }, () => ({
    range: range === undefined ? undefined : { fromUs: beginOf(data, range.from), toUs: beginOf(data, range.to + 1) },
    atUs: cursor === undefined ? undefined : beginOf(data, cursor.at + 0.5),
    lit: filteredTime(view),
  }));
  const apply = ({ from, to }: IntervalRange): void => {
    const span = { fromUs: beginOf(data, from), toUs: beginOf(data, to + 1) };
    setCursor(undefined);
    setSaid(l10n.t('Showing {0}', timeWords(span)));
    controller.setFilter(filterInTime(view, span));
  };
  const clear = (): void => {
    setCursor(undefined);
    if (view.times === undefined) {
      if (zoom !== undefined) actions.whole();
      return;
    }
    setSaid(l10n.t('Showing all times'));
    controller.setFilter(filterInTime(view, undefined));
  };
  /** Of the cursor or the brushed stretch; else of the filter's time, else of the end. */
  const addNote = (): void => {
    const span = filteredTime(view);
    const from = range === undefined ? cursor?.at : range.from;
    const atUs = from === undefined ? (span?.fromUs ?? beginOf(data, last)) : beginOf(data, from);
    const toUs = range === undefined ? (from === undefined ? span?.toUs : undefined) : beginOf(data, range.to + 1);
    const end = toUs === undefined || toUs <= atUs ? {} : { toUs };
    controller.draftNote({ kind: nextKind(notes, atUs), atUs, ...end, text: '' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const done = timelineKey(event.key, event.shiftKey, cursor, data.strong.lookups.length);
    if (done === undefined) return;
    event.preventDefault();
    if (done.kind === 'move') setCursor(done.cursor);
    else if (done.kind === 'apply') apply(done.range);
    else if (done.kind === 'note') addNote();
    else if (done.kind === 'zoom') ({ in: actions.nearer, out: actions.farther, whole: actions.whole })[done.to]();
    else if (done.kind === 'pan') actions.pan(done.later ? PAN_SHARE : -PAN_SHARE);
    else if (done.range) setCursor(undefined);
    else clear();
  };
  const last = data.strong.lookups.length - 1;
  const all = { from: 0, to: last };
  return (
    <>
      <div class="timeline-head">
        <Toggle open onToggle={() => controller.setShown({ timeline: false })} />
        <TimelineZoomBar part={isZoomed(value, zoom) ? zoom : undefined} actions={actions} />
        {event === undefined ? (
          <Legend words={words} stepUs={data.stepUs} />
        ) : (
          <div class="timeline-legend timeline-event">{event}</div>
        )}
        <button
          type="button"
          class="link-button timeline-add"
          title={l10n.t('Note what you suppose, do or see at this time (N on the timeline)')}
          // The cursor stays on the timeline, and so the note is of its time.
          onMouseDown={(event) => event.preventDefault()}
          onClick={addNote}
        >
          {l10n.t('Add Note')}
        </button>
      </div>
      <div class="timeline-body">
        <div
          class="timeline-chart"
          ref={slider}
          role="slider"
          tabIndex={0}
          aria-label={l10n.t('Time')}
          aria-describedby="timeline-summary"
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={Math.min(cursor?.at ?? 0, last)}
          aria-valuetext={readoutText(cursor === undefined ? readout(data, all) : readout(data, rangeOf(cursor)))}
          onKeyDown={onKeyDown}
          onBlur={() => setCursor(undefined)}
        >
          <TimeChart
            data={data}
            lit={filteredTime(view)}
            gaps={gaps}
            cursor={cursor?.at}
            selection={range}
            onPoint={setPointed}
            onBrush={apply}
            onDoubleClick={clear}
            onWheel={actions.turn}
          />
        </div>
        {marks.length > 0 && (
          <TimelineMarks
            marks={marks}
            data={data}
            onPoint={setEvent}
            onOpen={(us) => {
              slider.current?.focus();
              setCursor({ at: intervalAt(data, us), anchor: undefined });
            }}
          />
        )}
      </div>
      <p class="unseen" id="timeline-summary">
        {wholeSentence(value)}
        {summary(data)}
      </p>
      <p class="unseen" role="status">
        {said}
      </p>
    </>
  );
}

/** What the shapes mean; with figures where somebody points. */
function Legend({ words, stepUs }: { readonly words: Readout | undefined; readonly stepUs: number }) {
  return (
    <div class="timeline-legend">
      {words !== undefined && <span class="timeline-time">{words.time}</span>}
      <Key of="lookups" text={words?.lookups ?? l10n.t('Lookups in {0}', spanText(stepUs))} />
      <Key of="failed" text={words?.failed ?? l10n.t('Failed')} />
      <Key of="unanswered" text={words?.unanswered ?? l10n.t('No answer')} />
      <Key of="took" text={words === undefined ? l10n.t('Took, p50 to p95') : words.took} />
    </div>
  );
}

function Key({ of, text }: { readonly of: string; readonly text: string }) {
  return (
    <span class={`timeline-key timeline-key-${of}`} title={text}>
      <span class="timeline-key-text">{text}</span>
    </span>
  );
}
