/** The pictures of the whole trace, by name; each is read while it is looked at. To add one: its request in the protocol, and a line here. */
import { Disposable } from '../../src/base/disposable.ts';
import type { Comparison } from '../../src/core/view/compare/compare.ts';
import type { DnsMap } from '../../src/core/view/map/mapPicture.ts';
import type { StatisticsPicture } from '../../src/core/view/statistics/statisticsRows.ts';
import type { Timeline } from '../../src/core/view/timeline/timeline.ts';
import type { OverviewRequest, ReplyMap } from '../../src/protocol/webview.ts';
import { compareSides } from './compare/compareChoice.ts';
import type { HostPort } from './messagePort.ts';
import { Overview } from './overview.ts';
import type { UiState } from './uiState.ts';

/** About one for four pixels of a usual panel. */
export const TIMELINE_INTERVALS = 240;

export class Overviews extends Disposable {
  readonly timeline: Overview<Timeline>;
  readonly map: Overview<DnsMap>;
  readonly compare: Overview<Comparison>;
  readonly statistics: Overview<StatisticsPicture>;
  readonly #port: HostPort;
  readonly #onDidChange: () => void;
  readonly #all: Overview<unknown>[] = [];

  /** @param uiNow says what is to be compared, and what part is looked at, when it is read */
  constructor(port: HostPort, onDidChange: () => void, uiNow: () => Pick<UiState, 'compare' | 'zoom'>) {
    super();
    this.#port = port;
    this.#onDidChange = onDidChange;
    this.timeline = this.#of(() => {
      const { zoom } = uiNow();
      return { kind: 'timeline/read', intervals: TIMELINE_INTERVALS, ...(zoom === undefined ? {} : { part: zoom }) };
    });
    this.map = this.#of(() => ({ kind: 'map/read' }));
    this.compare = this.#of(() => ({ kind: 'compare/read', ...compareSides(uiNow().compare) }));
    this.statistics = this.#of(() => ({ kind: 'statistics/read' }));
  }

  /** The trace has grown. */
  touch(): void {
    for (const overview of this.#all) overview.touch();
  }

  /** Other rows are chosen; with `forget`, of another trace. */
  reset(options: { readonly forget: boolean }): void {
    for (const overview of this.#all) overview.reset(options);
  }

  #of<Request extends OverviewRequest>(requestNow: () => Request): Overview<ReplyMap[Request['kind']]> {
    const overview = new Overview(() => this.#port.request(requestNow()), this.#onDidChange);
    this.#all.push(this._register(overview));
    return overview;
  }
}
