/**
 * Requests with ids over a one-way pipe. A request always settles: with the reply, with a refusal, or with the
 * `host-silent` problem after its time. Messages that are not ours in shape are dropped.
 */
import * as l10n from '@vscode/l10n';
import { type DisposableLike, toDisposable } from '../../src/base/disposable.ts';
import { Emitter, type Event } from '../../src/base/event.ts';
import { type Problem, ProblemError } from '../../src/base/problem.ts';
import type { HostToPanel, PanelPush, PanelRequest, PanelToHost, ReplyMap } from '../../src/protocol/webview.ts';

/** The pipe: VS Code's `postMessage` and `message` event, or a fake host's. */
export interface PanelTransport {
  post(message: PanelToHost): void;
  listen(handler: (message: unknown) => void): DisposableLike;
}

const TIMEOUT_MS = 15_000;

/** Saving asks the user for a place; that takes as long as it takes. */
const UNHURRIED: ReadonlySet<PanelRequest['kind']> = new Set<PanelRequest['kind']>(['action/run']);

interface Waiting {
  settle(value: ReplyMap[PanelRequest['kind']]): void;
  refuse(problem: Problem): void;
}

export class HostPort implements DisposableLike {
  readonly #transport: PanelTransport;
  readonly #listening: DisposableLike;
  readonly #waiting = new Map<number, Waiting>();
  readonly #_onDidPush = new Emitter<PanelPush>();
  readonly #timeoutMs: number;
  #nextId = 1;

  readonly onDidPush: Event<PanelPush> = this.#_onDidPush.event;

  constructor(transport: PanelTransport, timeoutMs = TIMEOUT_MS) {
    this.#transport = transport;
    this.#timeoutMs = timeoutMs;
    this.#listening = transport.listen((message) => this.#receive(message));
  }

  /** Rejects with a `ProblemError` only. */
  request<R extends PanelRequest>(request: R): Promise<ReplyMap[R['kind']]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = UNHURRIED.has(request.kind)
        ? toDisposable(() => undefined)
        : after(this.#timeoutMs, () => this.#waiting.get(id)?.refuse(silent(request.kind)));
      const done = (): void => {
        timer.dispose();
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        settle: (value) => {
          done();
          resolve(value as ReplyMap[R['kind']]);
        },
        refuse: (problem) => {
          done();
          reject(new ProblemError(problem));
        },
      });
      this.#transport.post({ type: 'request', id, request });
    });
  }

  dispose(): void {
    this.#listening.dispose();
    for (const waiting of [...this.#waiting.values()])
      waiting.refuse({ code: 'panel-closed', detail: l10n.t('The panel was closed') });
    this.#_onDidPush.dispose();
  }

  #receive(data: unknown): void {
    const message = asHostMessage(data);
    if (message === undefined) return;
    if (message.type === 'push') {
      this.#_onDidPush.fire(message.push);
      return;
    }
    const waiting = this.#waiting.get(message.reply.id);
    if (message.reply.ok) waiting?.settle(message.reply.value);
    else waiting?.refuse(message.reply.problem);
  }
}

function after(milliseconds: number, run: () => void): DisposableLike {
  const timer = setTimeout(run, milliseconds);
  return toDisposable(() => clearTimeout(timer));
}

function silent(kind: string): Problem {
  return {
    code: 'host-silent',
    detail: l10n.t('DNScope gave no reply to {0}', kind),
    recover: l10n.t('Close this panel and open the trace again'),
  };
}

const PUSHES: ReadonlySet<unknown> = new Set<PanelPush['kind']>(['trace/snapshot', 'focus/filter', 'show/filter']);

/** The message when its envelope is one of ours; other scripts may post to this window too. */
export function asHostMessage(data: unknown): HostToPanel | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined;
  if (data.type === 'reply' && 'reply' in data) {
    const reply = data.reply;
    const sound =
      typeof reply === 'object' && reply !== null && 'id' in reply && typeof reply.id === 'number' && 'ok' in reply;
    return sound ? (data as HostToPanel) : undefined;
  }
  if (data.type === 'push' && 'push' in data) {
    const push = data.push;
    const sound = typeof push === 'object' && push !== null && 'kind' in push && PUSHES.has(push.kind);
    return sound ? (data as HostToPanel) : undefined;
  }
  return undefined;
}
