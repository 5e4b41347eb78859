/** Counts and times over time, with uPlot (docs/adr/0060-timeline.md): drawn when data, size or theme change and somebody can see it. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatCount, formatDuration } from './format.ts';
import {
  boxes,
  type ChartColours,
  type ChartLabel,
  columns,
  paintGap,
  paintLabels,
  paintLit,
  readColours,
  stripes,
} from './timeChartPaint.ts';
import { axisTime } from './timeChartTicks.ts';
import { type WheelMove, wheelMove } from './timeChartWheel.ts';
import {
  axisOf,
  countLimits,
  type IntervalRange,
  intervalAt,
  type Limits,
  roundUp,
  type TimeChartData,
  tookDecades,
  tookLimits,
} from './timeChartScale.ts';

/** Room for labels, CSS pixels. */
export const CHART_LEFT = 58;
export const CHART_RIGHT = 10;
export const CHART_TOP = 16;
const AXIS_PX = 20;

export interface TimeChartProps {
  readonly data: TimeChartData;
  /** What stands out behind the columns, epoch µs; open ends reach to the border. */
  readonly lit: { readonly fromUs?: number; readonly toUs?: number } | undefined;
  /** Stretches of which nothing is known, epoch µs. */
  readonly gaps: readonly { readonly fromUs: number; readonly toUs: number }[];
  /** The interval that keys have gone to, and the range that they have chosen. */
  readonly cursor: number | undefined;
  readonly selection: IntervalRange | undefined;
  readonly onPoint: (interval: number | undefined) => void;
  readonly onBrush: (range: IntervalRange) => void;
  readonly onDoubleClick: () => void;
  /** The wheel was turned at a moment, epoch µs. */
  readonly onWheel: (move: WheelMove, atUs: number) => void;
}

export function TimeChart(props: TimeChartProps) {
  const root = useRef<HTMLDivElement | null>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    const made = new Plot(element, () => latest.current);
    plot.current = made;
    return () => made.dispose();
  }, []);
  const { data, lit, gaps, cursor, selection } = props;
  useEffect(() => plot.current?.draw(), [data, gaps, lit?.fromUs, lit?.toUs]);
  useEffect(() => plot.current?.mark(), [data, cursor, selection?.from, selection?.to]);
  return <div class="time-chart" ref={root} aria-hidden="true" />;
}

/** One uPlot, made anew when its look changes, and everything that it must follow. */
class Plot {
  readonly #element: HTMLElement;
  readonly #props: () => TimeChartProps;
  readonly #sizes: ResizeObserver;
  readonly #themes: MutationObserver;
  #chart: uPlot | undefined;
  #colours: ChartColours;
  /** What the chart at hand was made for. */
  #stepUs = 0;
  #isStale = true;
  /** A new picture would take away what is being brushed: it comes when the button is let go. */
  #isBrushed = false;

  constructor(element: HTMLElement, props: () => TimeChartProps) {
    this.#element = element;
    this.#props = props;
    this.#colours = readColours(element);
    this.#sizes = new ResizeObserver(() => this.#onSize());
    this.#sizes.observe(element);
    // VS Code tells a theme by the class and attributes of the body, its values by the style of the root.
    this.#themes = new MutationObserver(() => this.#onTheme());
    for (const one of [document.body, document.documentElement])
      this.#themes.observe(one, { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
    document.addEventListener('visibilitychange', this.#onSeen);
    element.addEventListener('mousedown', this.#onDown);
    // Not passive: nothing else scrolls or grows by a turn that is the chart's.
    element.addEventListener('wheel', this.#onWheel, { passive: false });
    window.addEventListener('mouseup', this.#onUp);
    this.draw();
  }

  dispose(): void {
    this.#sizes.disconnect();
    this.#themes.disconnect();
    document.removeEventListener('visibilitychange', this.#onSeen);
    window.removeEventListener('mouseup', this.#onUp);
    this.#chart?.destroy();
  }

  /** Brings the picture up to the props; put off while nobody can see it. */
  draw(): void {
    this.#isStale = true;
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (width === 0 || height === 0 || document.hidden || this.#isBrushed) return;
    this.#isStale = false;
    const { data } = this.#props();
    const { left = -1 } = this.#chart?.cursor ?? {};
    if (this.#chart === undefined || this.#stepUs !== data.stepUs) {
      this.#chart?.destroy();
      this.#stepUs = data.stepUs;
      this.#chart = new uPlot(this.#options(width, height), columnsOf(data), this.#element);
    } else this.#chart.setData(columnsOf(data));
    // Below the pointer, which has not moved, is another interval.
    if (left >= 0) this.#chart.setCursor({ left, top: 0 });
    this.mark();
  }

  /** Shows what keys have gone to and chosen. */
  mark(): void {
    const chart = this.#chart;
    if (chart === undefined || this.#isStale || this.#isBrushed) return;
    const { data, cursor, selection } = this.#props();
    const place = (interval: number): number => chart.valToPos(xOf(data, interval), 'x');
    if (cursor !== undefined) chart.setCursor({ left: place(cursor + 0.5), top: 0 }, false);
    const left = selection === undefined ? 0 : place(selection.from);
    const width = selection === undefined ? 0 : place(selection.to + 1) - left;
    chart.setSelect({ left, width, top: 0, height: chart.over.clientHeight }, false);
  }

  readonly #onSeen = (): void => {
    if (this.#isStale) this.draw();
  };

  readonly #onDown = ({ button }: MouseEvent): void => {
    this.#isBrushed = button === 0;
  };

  readonly #onWheel = (event: WheelEvent): void => {
    const chart = this.#chart;
    if (chart === undefined || event.altKey) return;
    const { left, width } = chart.over.getBoundingClientRect();
    const move = wheelMove(event, width);
    if (move === undefined) return;
    event.preventDefault();
    const x = Math.max(0, Math.min(event.clientX - left, width));
    if (!this.#isBrushed) this.#props().onWheel(move, chart.posToVal(x, 'x') * 1000);
  };

  /** After the document's, where uPlot tells what was brushed. */
  readonly #onUp = (): void => {
    if (!this.#isBrushed) return;
    this.#isBrushed = false;
    if (this.#isStale) this.draw();
    else this.mark();
  };

  #onSize(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (this.#isStale || this.#chart === undefined) this.draw();
    else if (width > 0 && (width !== this.#chart.width || height !== this.#chart.height)) {
      this.#chart.setSize({ width, height });
      this.mark();
    }
  }

  #onTheme(): void {
    const colours = readColours(this.#element);
    if (JSON.stringify(colours) === JSON.stringify(this.#colours)) return;
    this.#colours = colours;
    this.#stepUs = 0;
    this.draw();
  }

  #options(width: number, height: number): uPlot.Options {
    const stepMs = this.#stepUs / 1000;
    const { text, line, background, whole, lookups, failed, unanswered, tookWhole, took, tookEdge, font } =
      this.#colours;
    const counts = (fill: string | CanvasPattern): uPlot.Series => ({
      scale: 'count',
      fill: () => fill,
      paths: columns(stepMs),
      points: { show: false },
    });
    const times = (fill: string, edgeOnly = false): uPlot.Series => ({
      scale: 'took',
      fill: () => fill,
      paths: boxes(stepMs, { edgeOnly }),
      points: { show: false },
    });
    const low: uPlot.Series = { scale: 'took', paths: () => null, points: { show: false } };
    return {
      width,
      height,
      ms: 1,
      padding: [CHART_TOP, CHART_RIGHT, 0, CHART_LEFT],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: { dblclick: () => () => (this.#props().onDoubleClick(), null) },
      },
      scales: {
        x: { time: true, range: () => rangeOf(this.#props().data) },
        count: { range: () => toRange(countLimits(mostOf(this.#props().data))) },
        took: { distr: 3, range: () => toRange(tookLimits(decadesOf(this.#props().data))) },
      },
      axes: [
        {
          size: AXIS_PX,
          gap: 3,
          font,
          stroke: () => text,
          grid: { show: false },
          ticks: { show: true, size: 3, width: 1, stroke: () => line },
          space: 90,
          // What would be cut off at the right border is left out.
          values: (chart, splits, _axis, _space, step) =>
            splits.map((ms) => (pxToEnd(chart, ms) < (step < 1000 ? 40 : 26) - CHART_RIGHT ? '' : axisTime(ms, step))),
        },
        { scale: 'count', show: false },
        { scale: 'took', show: false },
      ],
      series: [
        {},
        counts(whole),
        times(tookWhole),
        low,
        counts(lookups),
        counts(failed),
        counts(stripes(unanswered, background)),
        times(took),
        low,
        times(tookEdge, true),
        low,
      ],
      hooks: {
        drawClear: [(chart) => this.#paintBehind(chart)],
        setCursor: [(chart) => this.#onCursor(chart)],
        setSelect: [(chart) => this.#onSelect(chart)],
      },
    };
  }

  #paintBehind(chart: uPlot): void {
    const { data, lit, gaps } = this.#props();
    for (const { fromUs, toUs } of gaps) paintGap(chart, fromUs / 1000, toUs / 1000, this.#colours);
    if (lit !== undefined) {
      const { min, max } = limitsOf(data);
      const from = lit.fromUs === undefined ? min : lit.fromUs / 1000;
      paintLit(chart, from, lit.toUs === undefined ? max : lit.toUs / 1000, this.#colours);
    }
    const decades = tookDecades(data.whole === undefined ? [data.strong] : [data.strong, data.whole]);
    const labels: ChartLabel[] = [
      { text: formatCount(mostOf(data)), scale: 'count', at: mostOf(data) },
      { text: '', scale: 'count', at: 0 },
    ];
    if (decades !== undefined) {
      for (const at of [decades.min, decades.max]) labels.push({ text: decadeText(at), scale: 'took', at });
    }
    paintLabels(chart, labels, this.#colours);
  }

  #onCursor(chart: uPlot): void {
    const { left = -1 } = chart.cursor;
    const { data, onPoint } = this.#props();
    onPoint(left < 0 ? undefined : intervalAt(data, chart.posToVal(left, 'x') * 1000));
  }

  #onSelect(chart: uPlot): void {
    const { left, width } = chart.select;
    if (width === 0) return;
    const { data, onBrush } = this.#props();
    // What is left out by less than a pixel was not meant.
    const at = (px: number): number => intervalAt(data, chart.posToVal(px, 'x') * 1000);
    const from = at(left);
    onBrush({ from, to: Math.max(from, at(left + width - 0.5)) });
    this.mark();
  }
}

const xOf = ({ startUs, stepUs }: TimeChartData, interval: number): number => (startUs + interval * stepUs) / 1000;

function limitsOf(data: TimeChartData): Limits {
  const { fromUs, toUs } = axisOf(data);
  return { min: fromUs / 1000, max: toUs / 1000 };
}

const toRange = ({ min, max }: Limits): [number, number] => [min, max];
const rangeOf = (data: TimeChartData): [number, number] => toRange(limitsOf(data));

function mostOf({ strong, whole = strong }: TimeChartData): number {
  return roundUp(whole.lookups.reduce((most, value) => Math.max(most, value), 1));
}

function decadesOf({ strong, whole }: TimeChartData): Limits {
  return tookDecades(whole === undefined ? [strong] : [strong, whole]) ?? { min: 1e6, max: 1e7 };
}

function pxToEnd({ scales, width }: uPlot, ms: number): number {
  const { min = 0, max = 0 } = scales['x'] ?? {};
  return ((max - ms) / (max - min)) * (width - CHART_LEFT - CHART_RIGHT);
}

/** A whole decade needs no fraction. */
const decadeText = (nanoseconds: number): string => formatDuration(nanoseconds).replace(/\.0+ /u, ' ');

/** In the order of the series. */
function columnsOf(data: TimeChartData): uPlot.AlignedData {
  const { strong, whole } = data;
  const none = new Array<null>(strong.lookups.length).fill(null);
  return [
    strong.lookups.map((_, interval) => xOf(data, interval)),
    [...(whole?.lookups ?? none)],
    [...(whole?.p95Ns.map(orNone) ?? none)],
    [...(whole?.medianNs.map(orNone) ?? none)],
    [...strong.lookups],
    [...strong.failed],
    [...strong.unanswered],
    strong.p95Ns.map(orNone),
    strong.medianNs.map(orNone),
    strong.p95Ns.map(orNone),
    strong.medianNs.map(orNone),
  ];
}

/** A logarithmic scale has no 0. */
const orNone = (value: number): number | null => (value > 0 ? value : null);
