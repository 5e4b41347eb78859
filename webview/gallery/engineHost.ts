/** A real capture in the real engine, in the browser: what a panel shows of it is what it would show in VS Code. */
import { evaluateFindings, type FindingSet } from '../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import type { TraceStream } from '../../src/core/trace/traceStream.ts';
import { EventView } from '../../src/core/view/eventView.ts';
import type { CaptureLoss } from '../../src/core/trace/vantage.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import { runSteps } from '../../src/base/steps.ts';
import { parseLossesComment, parseTopologyComment, parseVantageComment } from '../../src/protocol/sessionFile.ts';
import {
  isOfEvents,
  type PanelRequest,
  type ReplyMap,
  type TraceSnapshot,
  type ViewRequest,
} from '../../src/protocol/webview.ts';
import { parseNotesComment } from '../../src/protocol/traceNotes.ts';
import { overviewOf } from '../../src/session/trace/overviews.ts';
import { answerTo, isOverview, type TraceState, viewStateOf } from '../../src/session/trace/traceAnswers.ts';
import { snapshotOf } from '../../src/session/trace/traceSnapshot.ts';
import { GalleryHost } from './galleryHost.ts';

export class EngineHost extends GalleryHost {
  readonly #title: string;
  readonly #engine: TraceEngine;
  #findings: FindingSet;
  readonly #view: LookupView;
  #events: EventView | undefined;
  #viewId = 1;
  #seq = 0;

  /** Packets that have not come yet; without it the capture is a file that was read to its end. */
  readonly #feed: CaptureFeed | undefined;

  /**
   * @param bytes a pcap or pcapng capture, uncompressed
   * @param begin share of it that has come when the panel opens; the rest comes in with `feed`, as of a trace that runs
   */
  constructor(bytes: Uint8Array, title: string, begin?: number) {
    super();
    this.#title = title;
    const feed = new CaptureFeed(bytes, title);
    feed.pushTo(begin ?? 1);
    if (begin === undefined) feed.finish();
    this.#feed = begin === undefined ? undefined : feed;
    this.#engine = feed.engine;
    this.#engine.refresh();
    this.#findings = evaluateFindings(this.#engine);
    this.#view = new LookupView(this.#engine);
    this.#view.update(this.#findings);
  }

  /** Of a trace that runs: packets up to that share of the capture come in, and the panel is told. */
  feed(share: number): void {
    this.#feed?.pushTo(share);
    this.#refresh();
  }

  protected answer(request: PanelRequest): ReplyMap[PanelRequest['kind']] {
    if (request.kind === 'panel/ready') return this.#snapshot();
    if (request.kind === 'notes/set') {
      this.#engine.notes = request.notes;
      this.push(this.#snapshot());
      return { done: true };
    }
    if (request.kind === 'action/run') {
      if (request.action.name === 'setSlowThreshold') this.#setSlowThreshold(request.action.nanoseconds);
      return { done: true };
    }
    if (request.kind === 'view/set') {
      this.#setView(request);
      return viewStateOf(this.#state());
    }
    return isOverview(request) ? runSteps(overviewOf(request, this.#state())) : answerTo(request, this.#state());
  }

  #setView(request: ViewRequest): void {
    this.#viewId++;
    this.#events = undefined;
    if (!isOfEvents(request)) {
      this.#view.set(request.filter, request.sort);
      return;
    }
    this.#view.set(request.filter, undefined);
    this.#events = new EventView(this.#engine, this.#view, request.rows);
    this.#events.set(request.sort);
  }

  #setSlowThreshold(nanoseconds: number): void {
    this.#engine.setSlowThreshold(nanoseconds);
    this.#refresh();
  }

  #refresh(): void {
    this.#engine.refresh();
    this.#findings = evaluateFindings(this.#engine);
    this.#view.update(this.#findings);
    this.#events?.update();
    this.push(this.#snapshot());
  }

  #state(): TraceState {
    return {
      engine: this.#engine,
      findings: this.#findings,
      view: this.#view,
      events: this.#events,
      viewId: this.#viewId,
    };
  }

  #snapshot(): TraceSnapshot {
    return snapshotOf({
      engine: this.#engine,
      findings: this.#findings,
      view: viewStateOf(this.#state()),
      source:
        this.#feed === undefined
          ? { kind: 'file', title: this.#title, state: 'ended', problems: [] }
          : { kind: 'live', title: this.#title, state: 'running', problems: [] },
      generation: 1,
      seq: ++this.#seq,
    });
  }
}

class CaptureFeed {
  readonly engine = new TraceEngine();
  readonly #bytes: Uint8Array;
  readonly #stream: TraceStream;
  readonly #losses: (readonly CaptureLoss[])[] = [];
  #at = 0;

  constructor(bytes: Uint8Array, title: string) {
    this.#bytes = bytes;
    const { engine } = this;
    this.#stream = engine.openFile(
      ({ comments, sectionComments, name }) => {
        const topology = parseTopologyComment(sectionComments);
        if (topology !== undefined) engine.setTopology(topology);
        this.#losses.push(parseLossesComment(comments));
        engine.notes = parseNotesComment(sectionComments);
        return parseVantageComment(comments) ?? { name: name ?? title, role: 'unknown', addresses: [] };
      },
      (offset, length) => bytes.subarray(offset, offset + length),
    );
  }

  pushTo(share: number): void {
    const to = Math.ceil(this.#bytes.length * share);
    if (to > this.#at) this.#stream.push(this.#bytes.subarray(this.#at, to));
    this.#at = Math.max(to, this.#at);
  }

  finish(): void {
    this.#stream.end();
    this.#losses.forEach((own, vantage) => {
      for (const loss of own) this.engine.reportLoss(vantage, loss);
    });
    this.engine.finish();
  }
}
