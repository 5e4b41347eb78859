/**
 * Reads the Prometheus text format (exposition_formats.md, version 0.0.4) for the few metrics a caller names. One pass, each
 * character looked at a bounded number of times, no regular expressions; the answer is hostile, so a broken line is skipped
 * and counted, and the number of samples kept is bounded. Memory: the samples kept, never the text.
 */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusText {
  readonly samples: readonly MetricSample[];
  /** Lines of wanted metrics that could not be read. */
  readonly broken: number;
  /** True when more samples than the bound were there; the rest is left out. */
  readonly truncated: boolean;
}

const MAX_SAMPLES = 20_000;
const MAX_LABELS = 64;

/** Samples of the metrics in `wanted`, in file order. Never throws. */
export function readPrometheusText(text: string, wanted: ReadonlySet<string>): PrometheusText {
  const samples: MetricSample[] = [];
  let broken = 0;
  for (let start = 0; start < text.length;) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed === -1 ? text.length : lineFeed;
    const name = nameAt(text, start, end);
    if (name !== '' && wanted.has(name)) {
      if (samples.length === MAX_SAMPLES) return { samples, broken, truncated: true };
      const sample = readSample(text, start + name.length, end, name);
      if (sample === undefined) broken += 1;
      else samples.push(sample);
    }
    start = end + 1;
  }
  return { samples, broken, truncated: false };
}

/** The metric's name at the start of a line; empty for comments, blanks and anything else. */
function nameAt(text: string, start: number, end: number): string {
  let at = start;
  while (at < end && isNameUnit(text.charCodeAt(at), at > start)) at += 1;
  return text.slice(start, at);
}

function isNameUnit(unit: number, later: boolean): boolean {
  const letter = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f || unit === 0x3a;
  return letter || (later && unit >= 0x30 && unit <= 0x39);
}

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

function readSample(text: string, from: number, end: number, name: string): MetricSample | undefined {
  const labels: Record<string, string> = {};
  let at = from;
  while (at < end && isBlank(text, at)) at += 1;
  if (text[at] === '{') {
    const after = readLabels(text, at + 1, end, labels);
    if (after === undefined) return undefined;
    at = after;
  }
  while (at < end && isBlank(text, at)) at += 1;
  let stop = at;
  while (stop < end && !isBlank(text, stop) && text[stop] !== '\r') stop += 1;
  const value = readNumber(text.slice(at, stop));
  return value === undefined ? undefined : { name, labels, value };
}

/** Gives the offset behind the closing brace. */
function readLabels(text: string, from: number, end: number, labels: Record<string, string>): number | undefined {
  let at = from;
  for (let count = 0; count <= MAX_LABELS; count += 1) {
    while (at < end && (isBlank(text, at) || text[at] === ',')) at += 1;
    if (at >= end) return undefined;
    if (text[at] === '}') return at + 1;
    const name = nameAt(text, at, end);
    at += name.length;
    while (at < end && isBlank(text, at)) at += 1;
    if (name === '' || text[at] !== '=') return undefined;
    at += 1;
    while (at < end && isBlank(text, at)) at += 1;
    if (text[at] !== '"') return undefined;
    let value = '';
    let pieceStart = at + 1;
    for (at += 1; at < end && text[at] !== '"'; at += 1) {
      if (text[at] !== '\\') continue;
      value += text.slice(pieceStart, at) + (text[at + 1] === 'n' ? '\n' : (text[at + 1] ?? ''));
      at += 1;
      pieceStart = at + 1;
    }
    if (at >= end) return undefined;
    value += text.slice(pieceStart, at);
    at += 1;
    // A label named like a member of Object.prototype stays a label.
    Object.defineProperty(labels, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return undefined;
}

/** Go's ParseFloat as far as exporters write it. */
function readNumber(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === '' || text.length > 40) return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
