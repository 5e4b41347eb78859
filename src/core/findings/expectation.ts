/** What the answer to a question should be, and what is wrong with one that is not: the comparison behind `answers-not-endpoints`. */
import type { AnswerEntry, AnswerVariant } from '../trace/answerTally.ts';
import { expectedOf, ofFamily } from '../trace/answerWatch.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

export interface Expectation {
  /** A list that the user gives, the addresses of a Service, or the endpoints of a headless one. */
  readonly kind: 'list' | 'cluster-ip' | 'headless';
  /** Addresses of the asked family that belong into the answer; empty when it should have none. */
  readonly right: ReadonlySet<string>;
  /** Addresses that are no fault: endpoints that are not ready, and what the Service had earlier in the trace. */
  readonly tolerated: ReadonlySet<string>;
  /** The name is to be found, with this family or another. */
  readonly mayBeDenied: boolean;
  /** Every right address belongs into each answer. */
  readonly isWhole: boolean;
}

export type Wrong = 'denied' | 'no-address' | 'other-address' | 'incomplete';

const NOTHING: ReadonlySet<string> = new Set();

/** `undefined` when nothing is known about the name, or nothing that an answer could be compared with. */
export function expectationOf(engine: TraceEngine, entry: AnswerEntry): Expectation | undefined {
  const name = engine.trace.names.textOf(entry.name).toLowerCase();
  if (engine.expect.has(name)) {
    const right = expectedOf(engine.expect, name, entry.qtype);
    // Nothing is said about a family that the list does not name.
    if (right.size === 0) return undefined;
    return { kind: 'list', right, tolerated: NOTHING, mayBeDenied: false, isWhole: false };
  }
  // Another plugin may answer for what `kubernetes` was told to leave out, or nobody.
  if (engine.topology.topology.leavesServicesOut === true) return undefined;
  const service = engine.topology.serviceNamed(name);
  if (service === undefined || service.kind === 'external-name') return undefined;
  const { earlier } = service;
  // With `ignore empty_service`, and for a headless one always, a Service without endpoints is none.
  const mayBeDenied = earlier !== undefined || service.endpoints.length === 0;
  if (service.addresses.length > 0) {
    const right = ofFamily(service.addresses, entry.qtype);
    return { kind: 'cluster-ip', right, tolerated: new Set(earlier), mayBeDenied, isWhole: false };
  }
  // Topologies that say nothing of endpoints, as of a kind of Service, tell nothing about answers.
  if (service.endpoints.length === 0) return undefined;
  const tolerated = new Set([...(service.unready ?? []), ...(earlier ?? [])]);
  return {
    kind: 'headless',
    right: ofFamily(service.endpoints, entry.qtype),
    tolerated,
    mayBeDenied,
    isWhole: earlier === undefined,
  };
}

export function wrongness(expectation: Expectation, variant: AnswerVariant): Wrong | undefined {
  const { right, tolerated, mayBeDenied, isWhole } = expectation;
  if (variant.denied) return mayBeDenied ? undefined : 'denied';
  if (variant.addresses.some((address) => !right.has(address) && !tolerated.has(address))) return 'other-address';
  // What was cut is not missing.
  if (variant.cut || right.size === 0) return undefined;
  if (variant.addresses.length === 0) return 'no-address';
  const missing = isWhole && [...right].some((address) => !variant.addresses.includes(address));
  return missing ? 'incomplete' : undefined;
}
