/** How a time chart is painted: paths of its series, the stripes of what got no answer, labels beside it. Colours come from the style sheet. */
import type uPlot from 'uplot';

export interface ChartColours {
  readonly text: string;
  readonly line: string;
  readonly background: string;
  readonly whole: string;
  readonly lookups: string;
  readonly failed: string;
  readonly unanswered: string;
  readonly tookWhole: string;
  readonly took: string;
  readonly tookEdge: string;
  readonly lit: string;
  readonly litEdge: string;
  readonly font: string;
}

const VARIABLES: Readonly<Record<Exclude<keyof ChartColours, 'font'>, string>> = {
  text: '--chart-text',
  line: '--chart-line',
  background: '--chart-background',
  whole: '--chart-whole',
  lookups: '--chart-lookups',
  failed: '--chart-failed',
  unanswered: '--chart-unanswered',
  tookWhole: '--chart-took-whole',
  took: '--chart-took',
  tookEdge: '--chart-took-edge',
  lit: '--chart-lit',
  litEdge: '--chart-lit-edge',
};

const FONT_PX = 11;
/** What is there can be seen, however little of the whole it is. CSS pixels. */
const LEAST_PX = 3;

export function readColours(element: HTMLElement): ChartColours {
  const style = getComputedStyle(element);
  const entries = Object.entries(VARIABLES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]);
  return { ...Object.fromEntries(entries), font: `${String(FONT_PX)}px ${style.fontFamily}` } as ChartColours;
}

/** Stripes, so that it is told from what is filled without its colour. */
export function stripes(colour: string, background: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  const size = Math.round(6 * devicePixelRatio);
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d');
  if (context === null) return colour;
  context.fillStyle = background;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = colour;
  context.lineWidth = size / 3;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

/** Left and right edge of an interval, device pixels, with a gap where there is room for one. */
function edges(chart: uPlot, begin: number, stepMs: number): readonly [left: number, width: number] {
  const left = Math.round(chart.valToPos(begin, 'x', true));
  const right = Math.round(chart.valToPos(begin + stepMs, 'x', true));
  const gap = right - left >= 8 * devicePixelRatio ? Math.max(1, Math.round(devicePixelRatio)) : 0;
  return [left, Math.max(1, right - left - gap)];
}

function pathsOf(
  stepMs: number,
  draw: (chart: uPlot, series: number, at: number) => readonly [number, number] | undefined,
) {
  return (chart: uPlot, series: number, from: number, to: number): uPlot.Series.Paths => {
    const fill = new Path2D();
    for (let at = from; at <= to; at++) {
      const span = draw(chart, series, at);
      if (span === undefined) continue;
      const [left, width] = edges(chart, chart.data[0][at]!, stepMs);
      fill.rect(left, span[0], width, span[1] - span[0]);
    }
    return { fill };
  };
}

/** A column from 0 up. */
export function columns(stepMs: number) {
  return pathsOf(stepMs, (chart, series, at) => {
    const value = chart.data[series]?.[at] ?? 0;
    if (value <= 0) return undefined;
    const bottom = Math.round(chart.valToPos(0, 'count', true));
    const top = Math.round(chart.valToPos(value, 'count', true));
    return [Math.min(top, bottom - LEAST_PX * devicePixelRatio), bottom];
  });
}

/** A box from one series up to the next one after it; with `edgeOnly` the line at its top. */
export function boxes(stepMs: number, { edgeOnly = false }: { readonly edgeOnly?: boolean } = {}) {
  return pathsOf(stepMs, (chart, series, at) => {
    const high = chart.data[series]?.[at] ?? 0;
    const low = chart.data[series + 1]?.[at] ?? 0;
    if (high <= 0) return undefined;
    const top = Math.round(chart.valToPos(high, 'took', true));
    const least = Math.round(2 * devicePixelRatio);
    if (edgeOnly) return [top, top + least];
    return [top, Math.max(top + least, Math.round(chart.valToPos(Math.min(low, high), 'took', true)))];
  });
}

export interface ChartLabel {
  readonly text: string;
  readonly scale: 'count' | 'took';
  readonly at: number;
}

/** Lines across with what they stand for, left of the plot. */
export function paintLabels(chart: uPlot, labels: readonly ChartLabel[], colours: ChartColours): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = colours.font.replace(/^\d+px/u, `${String(Math.round(FONT_PX * devicePixelRatio))}px`);
  ctx.textAlign = 'right';
  ctx.lineWidth = Math.max(1, Math.round(devicePixelRatio));
  ctx.strokeStyle = colours.line;
  ctx.fillStyle = colours.text;
  for (const { text, scale, at } of labels) {
    const y = Math.round(chart.valToPos(at, scale, true));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y + 0.5);
    ctx.lineTo(bbox.left + bbox.width, y + 0.5);
    ctx.stroke();
    const atTop = y - bbox.top < FONT_PX * devicePixelRatio;
    const atBottom = bbox.top + bbox.height - y < FONT_PX * devicePixelRatio;
    ctx.textBaseline = atTop ? 'top' : atBottom ? 'bottom' : 'middle';
    ctx.fillText(text, bbox.left - 5 * devicePixelRatio, y);
  }
  ctx.restore();
}

/** A stretch of which nothing is known, striped as wide as the line. */
export function paintGap(chart: uPlot, fromMs: number, toMs: number, colours: ChartColours): void {
  const { ctx, bbox } = chart;
  const { min, max } = shownOf(chart);
  if (toMs < min || fromMs > max) return;
  const [left, right] = [placeOf(chart, fromMs), placeOf(chart, toMs)];
  ctx.save();
  ctx.fillStyle = stripes(colours.line, 'transparent');
  ctx.fillRect(left, bbox.top, Math.max(Math.round(2 * devicePixelRatio), right - left), bbox.height);
  ctx.restore();
}

/** The time axis, ms. */
function shownOf({ scales }: uPlot): { readonly min: number; readonly max: number } {
  const { min = 0, max = 0 } = scales['x'] ?? {};
  return { min, max };
}

/** Device pixels of a moment, within the plot. */
function placeOf(chart: uPlot, ms: number): number {
  const { left, width } = chart.bbox;
  return Math.max(left, Math.min(left + width, Math.round(chart.valToPos(ms, 'x', true))));
}

/** The part that is chosen, between its two edges, behind everything. */
export function paintLit(chart: uPlot, fromMs: number, toMs: number, colours: ChartColours): void {
  const { ctx, bbox } = chart;
  const { min, max } = shownOf(chart);
  if (toMs <= min || fromMs >= max) return;
  const [left, right] = [placeOf(chart, fromMs), placeOf(chart, toMs)];
  const edge = Math.max(1, Math.round(devicePixelRatio));
  ctx.save();
  ctx.fillStyle = colours.lit;
  ctx.fillRect(left, bbox.top, Math.max(edge, right - left), bbox.height);
  ctx.fillStyle = colours.litEdge;
  // What goes on beyond the axis has no edge there.
  if (fromMs >= min) ctx.fillRect(left, bbox.top, edge, bbox.height);
  if (toMs <= max) ctx.fillRect(Math.max(left, right - edge), bbox.top, edge, bbox.height);
  ctx.restore();
}
