import { visibleText } from '../../base/visibleText.ts';
import { lifetimeSeconds, REUSE_SECONDS } from './captureContainer.ts';
import type { CaptureRunner, RunnerAftermath } from './captureRunner.ts';
import { podKey } from '../cluster/coreDns.ts';
import { formatDuration } from '../duration.ts';
import { DEFAULT_MAX_DURATION_MS } from './planCapture.ts';
import type { ExecTarget } from '../ports.ts';
import type { Aftermath, TraceRequest } from './traceTypes.ts';

const places = (targets: readonly ExecTarget[]): string =>
  targets.length > 3
    ? `${String(targets.length)} pods`
    : targets.map((target) => visibleText(podKey(target.namespace, target.pod))).join(', ');

/** What is left after a trace, in words (ux.md). */
export function describeAftermath(
  results: readonly { readonly runner: CaptureRunner; readonly result: RunnerAftermath }[],
  request: TraceRequest,
  nowNs: bigint,
): Aftermath {
  const of = (wanted: RunnerAftermath): readonly ExecTarget[] =>
    results.filter(({ result }) => result === wanted).map(({ runner }) => runner.target);
  const ended = of('ended');
  const unconfirmed = of('unconfirmed');
  const shared = of('shared');
  const pending = of('pending');
  const idling = of('idling').map((target) => ({ ...target, untilNs: nowNs + BigInt(REUSE_SECONDS) * 1_000_000_000n }));
  const deadline = formatDuration(lifetimeSeconds(request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS) * 1000);
  const sentences: string[] = [];
  if (ended.length > 0) sentences.push(`tcpdump and its container ended in ${places(ended)}.`);
  if (shared.length > 0) {
    sentences.push(
      `tcpdump of this trace ended in ${places(shared)}; its container ends after the other trace that uses it.`,
    );
  }
  if (idling.length > 0) {
    sentences.push(
      `tcpdump ended in ${places(idling)}; its container idles there for reuse and ends in ${formatDuration(REUSE_SECONDS * 1000)}.`,
    );
  }
  if (unconfirmed.length > 0) {
    sentences.push(
      `The end in ${places(unconfirmed)} could not be confirmed: tcpdump ends there by itself within 15 s, the container after at most ${deadline}.`,
    );
  }
  if (pending.length > 0) {
    sentences.push(
      `The capture container in ${places(pending)} did not start; should it still do so, it ends by itself after at most ${deadline}.`,
    );
  }
  if (ended.length + shared.length + idling.length > 0) {
    sentences.push(
      "The ended container's entry stays in the pod until the pod is replaced: Kubernetes cannot remove it.",
    );
  }
  return {
    text: sentences.length === 0 ? 'Nothing is left in the cluster.' : sentences.join(' '),
    ended,
    idling,
    unconfirmed: [...unconfirmed, ...pending],
  };
}
