/** A real capture in the real engine, in the browser: what a panel shows of it is what it would show in VS Code. */
import { evaluateFindings, type FindingSet } from '../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
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

  /** @param bytes a pcap or pcapng capture, uncompressed */
  constructor(bytes: Uint8Array, title: string) {
    super();
    this.#title = title;
    this.#engine = traceOf(bytes, title);
    this.#findings = evaluateFindings(this.#engine);
    this.#view = new LookupView(this.#engine);
    this.#view.update(this.#findings);
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
      source: { kind: 'file', title: this.#title, state: 'ended', problems: [] },
      generation: 1,
      seq: ++this.#seq,
    });
  }
}

function traceOf(bytes: Uint8Array, title: string): TraceEngine {
  const engine = new TraceEngine();
  const losses: (readonly CaptureLoss[])[] = [];
  const stream = engine.openFile(
    ({ comments, sectionComments, name }) => {
      const topology = parseTopologyComment(sectionComments);
      if (topology !== undefined) engine.setTopology(topology);
      losses.push(parseLossesComment(comments));
      engine.notes = parseNotesComment(sectionComments);
      return parseVantageComment(comments) ?? { name: name ?? title, role: 'unknown', addresses: [] };
    },
    (offset, length) => bytes.subarray(offset, offset + length),
  );
  stream.push(bytes);
  stream.end();
  losses.forEach((own, vantage) => {
    for (const loss of own) engine.reportLoss(vantage, loss);
  });
  engine.finish();
  return engine;
}
