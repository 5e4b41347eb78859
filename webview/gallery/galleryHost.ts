/** What hosts in the gallery have in common: the real protocol, its checks, and a record of the actions that were asked for. */
import { type DisposableLike, toDisposable } from '../../src/base/disposable.ts';
import { type Problem, toProblem } from '../../src/base/problem.ts';
import {
  asJson,
  asPanelMessage,
  type HostToPanel,
  type PanelAction,
  type PanelPush,
  type PanelRequest,
  type PanelToHost,
  type Reply,
  type ReplyMap,
} from '../../src/protocol/webview.ts';
import type { PanelTransport } from '../app/messagePort.ts';

const GONE: Problem = { code: 'stale-view', detail: 'The view is gone' };

export abstract class GalleryHost implements PanelTransport {
  readonly #handlers = new Set<(message: unknown) => void>();
  readonly actions: string[] = [];
  /** The latest of them, whole. */
  latest: PanelAction | undefined;
  /** What was put on the clipboard last. */
  copied = '';
  /** All that the panel was sent, where a test asks what of its texts is data. */
  told: unknown[] | undefined;
  /** Milliseconds before each reply. */
  delay = 0;

  /** @returns `undefined` for a view that is gone; other refusals throw */
  protected abstract answer(request: PanelRequest): ReplyMap[PanelRequest['kind']] | undefined;

  post(message: PanelToHost): void {
    const sound = asPanelMessage(structuredClone(message));
    if (sound === undefined)
      throw new Error(`The panel sent something that the host refuses: ${JSON.stringify(message)}`);
    const { request } = sound;
    if (request.kind === 'action/run') {
      this.actions.push(request.action.name);
      this.latest = request.action;
      if (request.action.name === 'copy') this.copied = request.action.text;
    }
    setTimeout(() => this.#send({ type: 'reply', reply: this.#reply(sound.id, sound.request) }), this.delay);
  }

  listen(handler: (message: unknown) => void): DisposableLike {
    this.#handlers.add(handler);
    return toDisposable(() => this.#handlers.delete(handler));
  }

  push(push: PanelPush): void {
    this.#send({ type: 'push', push });
  }

  #reply(id: number, request: PanelRequest): Reply {
    try {
      const value = this.answer(request);
      return value === undefined ? { id, ok: false, problem: GONE } : { id, ok: true, value };
    } catch (error) {
      return { id, ok: false, problem: toProblem(error, 'unexpected') };
    }
  }

  #send(message: HostToPanel): void {
    const copy = asJson(message);
    this.told?.push(copy);
    for (const handler of [...this.#handlers]) handler(copy);
  }
}
