/**
 * A trace store in this thread: engine, view, spool and snapshots. The worker thread runs one behind messages, tests and the
 * command line use it directly. Snapshots come at most ten a second, and less often when making one is dear: refreshing
 * may take at most a quarter of the time.
 */
import { Emitter } from '../base/event.ts';
import type { Steps } from '../base/steps.ts';
import { ProblemError } from '../base/problem.ts';
import { evaluateFindings, NO_FINDINGS, type FindingSet } from '../core/findings/evaluateFindings.ts';
import type { Topology } from '../core/topology/topology.ts';
import { emptyTopology } from '../core/topology/topology.ts';
import { TraceEngine } from '../core/trace/traceEngine.ts';
import type { CaptureLoss, Vantage, VantageId } from '../core/trace/vantage.ts';
import { LookupView } from '../core/view/lookupView.ts';
import type { ExportRequest, ExportResult } from '../protocol/export.ts';
import {
  isOfEvents,
  type OverviewRequest,
  type ReplyMap,
  type TraceSnapshot,
  type ViewRequest,
  type ViewState,
} from '../protocol/webview.ts';
import {
  answerTo,
  isOverview,
  needsFreshTrace,
  staleView,
  viewStateOf,
  type TraceState,
} from '../session/trace/traceAnswers.ts';
import { snapshotOf } from '../session/trace/traceSnapshot.ts';
import type { ExportOptions, OpenedFile, SourceView, TraceQuery, TraceStore } from '../session/trace/traceStore.ts';
import { readCaptureFiles } from './captureFiles.ts';
import { chosenLookups } from './chosenLookups.ts';
import { writeAtomically, type ByteSink } from './atomicFile.ts';
import type { CaptureFile } from './input/readingPass.ts';
import type { ReadTrace } from './export/redactedTrace.ts';
import { KeptTrace } from './keptTrace.ts';
import { LiveClocks } from './liveClocks.ts';
import { RowSpill } from './rowSpill.ts';
import { savePcapng, type SaveSource } from './savePcapng.ts';
import { fileSources, liveSources, type LiveVantage } from './saveSources.ts';
import type { SpoolFile } from './spool.ts';
import { runInSlices, SLICE_MS } from './slices.ts';
import { ViewWork } from './viewWork.ts';

const SNAPSHOT_EVERY_MS = 100;

export interface LocalTraceOptions {
  readonly slowNs: number;
  /** DNS ports besides 53 and 5353. */
  readonly dnsPorts?: readonly number[];
  /** Memory for rows, bytes; older ones go to disk. */
  readonly rowMemory?: number;
  /** Folder for live traces to outlive a crash in; without it they go with their process. */
  readonly keepIn?: string;
}

export class LocalTraceStore implements TraceStore {
  readonly #onDidChange = new Emitter<TraceSnapshot>();
  readonly onDidChange = this.#onDidChange.event;
  readonly backlogBytes = 0;
  #options: LocalTraceOptions;
  readonly #spill = new RowSpill();
  #engine: TraceEngine;
  #work: ViewWork;
  #findings: FindingSet = NO_FINDINGS;
  #findingsVersion = -1;
  #viewId = 1;
  #generation = 1;
  #seq = 0;
  #source: SourceView = { kind: 'live', title: '', state: 'starting', problems: [] };
  readonly #live = new Map<number, LiveVantage>();
  readonly #kept: KeptTrace;
  #topology: Topology = emptyTopology;
  #unwatched: readonly string[] = [];
  #closeFiles: (() => void) | undefined;
  #files: readonly CaptureFile[] = [];
  #clocks = new LiveClocks();
  #timer: NodeJS.Timeout | undefined;
  #nextAllowed = 0;
  /** Packets up to this moment were cleared away and are not saved, epoch ns. */
  #clearedNs = 0n;
  #disposed = false;

  constructor(options: LocalTraceOptions) {
    this.#options = options;
    this.#kept = new KeptTrace(options.keepIn);
    this.#engine = new TraceEngine({ ...this.#options, memory: this.#spill.memory(this.#options.rowMemory) });
    this.#work = this.#viewWork();
  }

  #viewWork(): ViewWork {
    return new ViewWork(this.#engine, new LookupView(this.#engine), () => {
      this.#changed();
    });
  }

  /** The engine at hand, for the command line's summary. */
  get engine(): TraceEngine {
    return this.#engine;
  }

  // ---- feeding -----------------------------------------------------------------------------------------------

  addVantage(id: VantageId, vantage: Vantage): void {
    if (this.#disposed) return;
    const spool = this.#kept.open(id, vantage);
    this.#engineVantage(id, vantage, spool);
    this.#live.set(id, { vantage, stream: this.#engine.openStream(id), spool, ended: false, segments: [0] });
    this.#changed();
  }

  push(id: VantageId, chunk: Uint8Array): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.spool.append(chunk);
    live.stream.push(chunk);
    this.#changed();
  }

  noteNetns(id: VantageId, netns: number): void {
    this.#engine.noteNetns(id, netns);
  }

  restartStream(id: VantageId): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.stream.restart();
    live.segments.push(live.spool.length);
    this.#kept.segment(id, live.spool.length);
  }

  endStream(id: VantageId): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.stream.end();
    live.ended = true;
    // With the last stream over nothing more will be answered: what still waits settles as at the end of a file.
    if ([...this.#live.values()].every((entry) => entry.ended)) this.#engine.finish();
    this.#changed();
  }

  reportLoss(id: VantageId, loss: CaptureLoss): void {
    this.#kept.loss(id, loss);
    this.#engine.reportLoss(id, loss);
    this.#changed();
  }

  setTopology(topology: Topology): void {
    this.#topology = topology;
    this.#engine.setTopology(topology);
    this.#changed();
  }

  setUnwatched(pods: readonly string[]): void {
    this.#unwatched = pods;
    this.#kept.unwatched(pods);
    this.#engine.setUnwatched(pods);
    this.#changed();
  }

  tick(nowNs: bigint): void {
    this.#engine.tick(nowNs);
    if (this.#engine.trace.dirty.length > 0) this.#changed();
  }

  setSource(source: SourceView): void {
    if (source.title !== this.#source.title) this.#kept.title(source.title);
    this.#source = source;
    this.#changed();
  }

  setSlowThreshold(nanoseconds: number): void {
    this.#options = { ...this.#options, slowNs: nanoseconds };
    this.#engine.setSlowThreshold(nanoseconds);
    this.#changed();
  }

  // ---- asking ------------------------------------------------------------------------------------------------

  async query<Q extends TraceQuery>(query: Q): Promise<ReplyMap[Q['kind']]> {
    return (await this.#answer(query)) as ReplyMap[Q['kind']];
  }

  #answer(query: TraceQuery): ReplyMap[TraceQuery['kind']] | Promise<ReplyMap[TraceQuery['kind']]> {
    if (this.#disposed) throw closedTrace();
    if (query.kind === 'panel/ready') return this.snapshot();
    if (query.kind === 'view/set') {
      this.#refresh();
      return this.#setView(query);
    }
    if (isOverview(query)) return this.#overview(query);
    if (query.kind === 'notes/set') {
      this.#kept.notes((this.#engine.notes = query.notes));
      this.#changed();
      return { done: true };
    }
    if (needsFreshTrace(query)) this.#refresh();
    return answerTo(query, this.#state());
  }

  #state(): TraceState {
    const { view, events } = this.#work;
    return { engine: this.#engine, findings: this.#findings, view, events, viewId: this.#viewId };
  }

  /** A picture of the whole trace: who shows none need not carry what draws them. */
  protected overviewOf(query: OverviewRequest, _state: TraceState): Steps<ReplyMap[OverviewRequest['kind']]> {
    throw new ProblemError({ code: 'unexpected', detail: `Nothing here answers ${query.kind}` });
  }

  async #overview(query: OverviewRequest): Promise<ReplyMap[OverviewRequest['kind']]> {
    this.#refresh();
    const work = this.#work;
    const isWanted = (): boolean => work === this.#work && !this.#disposed;
    const overview = await runInSlices(this.overviewOf(query, this.#state()), SLICE_MS, isWanted);
    if (overview === undefined) throw this.#disposed ? closedTrace() : staleView();
    return overview;
  }

  async #setView(request: ViewRequest): Promise<ViewState> {
    const work = this.#work;
    const isChanged = await setRows(work, request);
    if (this.#disposed) throw closedTrace();
    // Cleared meanwhile: the new trace has the view of before.
    if (work !== this.#work) return this.#setView(request);
    if (isChanged) this.#viewId++;
    if (!work.isCurrent) this.#changed();
    return viewStateOf(this.#state());
  }

  /** The state now; also brings verdicts, findings and the view up to date. */
  snapshot(): TraceSnapshot {
    this.#refresh();
    return snapshotOf({
      engine: this.#engine,
      findings: this.#findings,
      view: viewStateOf(this.#state()),
      source: { ...this.#source, problems: [...this.#source.problems, ...this.#work.problems] },
      generation: this.#generation,
      seq: ++this.#seq,
    });
  }

  #refresh(): void {
    if (this.#live.size > 1) this.#clocks.compare(this.#engine.trace);
    this.#engine.refresh();
    this.#kept.topology(this.#engine.topology, this.#engine.trace);
    if (this.#findingsVersion !== this.#engine.version) {
      this.#findingsVersion = this.#engine.version;
      this.#findings = evaluateFindings(this.#engine);
    }
    this.#work.update(this.#findings);
  }

  // ---- files -------------------------------------------------------------------------------------------------

  /** @param stdin what the path `-` stands for */
  async openFiles(
    paths: readonly string[],
    signal?: AbortSignal,
    stdin?: AsyncIterable<Uint8Array>,
  ): Promise<readonly OpenedFile[]> {
    let engine: TraceEngine | undefined;
    const makeEngine = (): TraceEngine => {
      if (this.#disposed || (engine !== undefined && engine !== this.#engine)) throw closedTrace();
      // Asked for a second one, the trace starts over, with corrected clocks.
      if (engine !== undefined) this.#startOver();
      engine = this.#engine;
      return engine;
    };
    const { files, close } = await readCaptureFiles(makeEngine, paths, {
      ...(signal === undefined ? {} : { signal }),
      ...(stdin === undefined ? {} : { stdin }),
    });
    if (this.#disposed || engine !== this.#engine) {
      close();
      throw closedTrace();
    }
    this.#closeFiles = close;
    this.#engine.finish();
    this.#files = files.filter((file) => file.vantages.length > 0);
    this.#changed();
    return files.map((file) => ({
      path: file.path,
      packets: file.state.packets,
      bytes: file.state.bytes,
      truncated: file.state.truncated,
      ...(file.problem === undefined ? {} : { problem: file.problem }),
    }));
  }

  async save(path: string): Promise<{ readonly packets: number; readonly bytes: number }> {
    const { bytes } = this.#kept;
    const saved = await savePcapng(path, this.#engine, this.#sources(), this.#clearedNs);
    this.#kept.saved(bytes);
    return saved;
  }

  export(path: string, request: ExportRequest, options?: ExportOptions): Promise<ExportResult> {
    return writeAtomically(path, 'The export', (sink) => this.exportTo(sink, request, options));
  }

  /** The same into any sink, such as standard output. */
  async exportTo(sink: ByteSink, request: ExportRequest, options: ExportOptions = {}): Promise<ExportResult> {
    const { runExport } = await import('./export/entry.ts');
    if (this.#disposed) throw closedTrace();
    this.#refresh();
    const job = { engine: this.#engine, sources: this.#sources(), afterNs: this.#clearedNs, readTrace, ...options };
    const { format, filter, redactionKey, generation } = request;
    if (generation !== undefined && generation !== this.#generation)
      throw new ProblemError({ code: 'stale-view', detail: 'The trace was cleared; its rows are gone' });
    const chosen = chosenLookups(this.#engine, this.#findings, request);
    const { lookups, matches } = chosen ?? {};
    return runExport({ ...job, format, filter, redactionKey, lookups, matches }, sink);
  }

  #sources(): readonly SaveSource[] {
    return [...liveSources(this.#live), ...fileSources(this.#files)];
  }

  clear(): Promise<void> {
    const latestNs = this.#engine.trace.epochNs(this.#engine.trace.now);
    this.#files = [];
    this.#closeFiles?.();
    this.#closeFiles = undefined;
    const { notes } = this.#engine;
    this.#startOver();
    this.#engine.notes = notes;
    // Running streams go on into the new trace, in the middle of their captures; the spool keeps its offsets.
    for (const [id, entry] of this.#live) {
      this.#engineVantage(id as VantageId, entry.vantage, entry.spool);
      this.#engine.adopt(entry.stream);
      if (entry.ended) this.#engine.trace.vantages[id]!.ended = true;
    }
    if (latestNs > this.#clearedNs) this.#kept.cleared((this.#clearedNs = latestNs));
    this.#changed();
    return Promise.resolve();
  }

  /** An empty trace with the same view on it; every row id of the old one is void. */
  #startOver(): void {
    const { view, events } = this.#work;
    this.#spill.dispose();
    this.#engine = new TraceEngine({ ...this.#options, memory: this.#spill.memory(this.#options.rowMemory) });
    this.#work.dispose();
    this.#work = this.#viewWork();
    // An empty trace has its view at once.
    void this.#work.set(view.filter, view.sort, events);
    this.#findings = NO_FINDINGS;
    this.#findingsVersion = -1;
    this.#viewId++;
    this.#generation++;
    this.#clocks = new LiveClocks();
    this.#engine.setTopology(this.#topology);
    this.#engine.setUnwatched(this.#unwatched);
  }

  #engineVantage(id: VantageId, vantage: Vantage, spool: SpoolFile): void {
    const given = this.#engine.addVantage(vantage, (offset, length) => spool.read(offset, length));
    if (given !== Number(id)) throw new Error(`Vantage ${String(id)} was added out of order`);
  }

  #changed(): void {
    if (this.#disposed || this.#timer !== undefined) return;
    const wait = Math.max(SNAPSHOT_EVERY_MS, this.#nextAllowed - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const before = performance.now();
      this.#onDidChange.fire(this.snapshot());
      const cost = performance.now() - before;
      this.#nextAllowed = performance.now() + cost * 3;
    }, wait);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#work.dispose();
    for (const entry of this.#live.values()) entry.spool.dispose();
    this.#kept.dispose();
    this.#spill.dispose();
    this.#closeFiles?.();
    this.#onDidChange.dispose();
  }
}

const readTrace: ReadTrace = (file, options) => readCaptureFiles(() => new TraceEngine(options), [file]);

function setRows(work: ViewWork, request: ViewRequest): Promise<boolean> {
  if (isOfEvents(request)) return work.set(request.filter, undefined, { level: request.rows, sort: request.sort });
  return work.set(request.filter, request.sort);
}

function closedTrace(): ProblemError {
  return new ProblemError({ code: 'trace-closed', detail: 'The trace was closed' });
}
