/**
 * The latest failures of upstreams, which explain a SERVFAIL that came without a query to one: CoreDNS keeps it in its cache for 5 s
 * (plugin/cache), and what was asked before a trace began is not in it. All bounded: old failures explain nothing any more.
 */

/** Repeats within that come without a new upstream query. */
const SERVFAIL_CACHE_NS = 5.2e9;
const KEPT_FAILURES = 32;
const MOST_NAMES = 10_000;
const MOST_WAITING = 1000;

export interface UpstreamFailure {
  /** When the resolver told it, trace time. */
  readonly time: number;
  readonly proof: number;
  /** Of `verdict.ts`: the upstream was silent, or its answer was the error. */
  readonly cause: number;
  /** Address id of the upstream. */
  readonly culprit: number;
}

export class UpstreamFailures {
  /** `resolver:name` → the latest, newest first. */
  readonly #ofResolver = new Map<string, readonly UpstreamFailure[]>();
  /** By name id, whichever resolver. */
  readonly #ofName = new Map<number, UpstreamFailure>();
  /** Lookups with a SERVFAIL that a later look at the same name may explain, by name id. */
  readonly #waiting = new Map<number, number[]>();

  /** The one behind a SERVFAIL that this resolver gave at `start` from its cache. */
  before(resolver: number, name: number, start: number): UpstreamFailure | undefined {
    return this.#ofResolver
      .get(keyOf(resolver, name))
      ?.find(({ time }) => start >= time && start - time <= SERVFAIL_CACHE_NS);
  }

  /** One of that name at any resolver and time; without any, `lookup` is told when the first comes. */
  ofName(name: number, lookup: number): UpstreamFailure | undefined {
    const failure = this.#ofName.get(name);
    if (failure !== undefined) return failure;
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) {
      if (this.#waiting.size < MOST_NAMES) this.#waiting.set(name, [lookup]);
    } else if (waiting.length < MOST_WAITING && !waiting.includes(lookup)) waiting.push(lookup);
    return undefined;
  }

  /** Returns the lookups that waited for one of that name. */
  add(resolver: number, name: number, failure: UpstreamFailure): readonly number[] {
    if (this.#ofResolver.size > MOST_NAMES) this.#ofResolver.clear();
    if (this.#ofName.size > MOST_NAMES) this.#ofName.clear();
    // Verdicts are evaluated again in any order, so one failure may explain an earlier lookup than the latest did.
    const known = this.#ofResolver.get(keyOf(resolver, name)) ?? [];
    if (!known.some(({ time }) => time === failure.time))
      this.#ofResolver.set(keyOf(resolver, name), [failure, ...known].slice(0, KEPT_FAILURES));
    this.#ofName.set(name, failure);
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    return waiting;
  }
}

const keyOf = (resolver: number, name: number): string => `${String(resolver)}:${String(name)}`;
