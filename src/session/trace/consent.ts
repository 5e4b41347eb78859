import { DNS_PORT, ENCRYPTED_DNS_PORT } from '../../core/dns/ports.ts';
import { formatDuration } from '../duration.ts';
import { lifetimeSeconds, REUSE_SECONDS } from './captureContainer.ts';
import { DEFAULT_MAX_DURATION_MS } from './planCapture.ts';
import type { KubeContext } from '../ports.ts';
import { DEFAULT_CAPTURE_IMAGE, type Consent, type PlannedCapture, type TraceRequest } from './traceTypes.ts';

const count = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;

/** The words before anything is created (ux.md, Consent and aftermath). */
export function buildConsent(
  context: KubeContext,
  request: TraceRequest,
  captures: readonly PlannedCapture[],
): Consent {
  const created = captures.filter((capture) => capture.create !== undefined);
  const reused = captures.length - created.length;
  const image = request.image ?? DEFAULT_CAPTURE_IMAGE;
  const duration = request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS;
  const ports = portsText(request.ports ?? []);
  const deadline = formatDuration(lifetimeSeconds(duration) * 1000);
  const raw = captures.some((capture) => capture.rung === 2);
  const roles = new Set(captures.map((capture) => capture.vantage.role));
  const followed = [...(roles.has('coredns') ? ['CoreDNS'] : []), ...(roles.has('nodelocal') ? ['NodeLocal'] : [])];
  const seesNode = captures.some((capture) => capture.wholeNode !== undefined);
  const ends =
    request.endContainers === false
      ? `after ${formatDuration(REUSE_SECONDS * 1000)} of idling for reuse`
      : 'with the trace';
  const containers =
    created.length === 0
      ? `Nothing new: ${count(reused, 'capture container')} of an earlier trace ${reused === 1 ? 'is' : 'are'} used again`
      : `${count(created.length, 'ephemeral container')} with the image ${image}${reused === 0 ? '' : `, and ${String(reused)} of an earlier trace used again`}`;
  return {
    what: `${containers}; each runs tcpdump for DNS on ${ports}, ICMP errors about it, and fragments of UDP packets, which can be of others`,
    where:
      `In ${captures.map(placeText).join(', ')} of cluster ${context.cluster} (${context.server})` +
      (followed.length === 0 ? '' : `, and in ${followed.join(' and ')} pods that replace these during the trace`),
    rights: `${raw ? 'Runs as root in the container with the capability NET_RAW' : 'Runs without any added capability'}; sees these packets of these pods${seesNode ? ', and of all others on their nodes where said so,' : ''} and nothing of their files`,
    howLong: `Until you stop it, at most ${formatDuration(duration)}`,
    howItEnds: `tcpdump ends when you stop, or within 15 s when this program is gone; the container ends ${ends}, or by itself after ${deadline}`,
    leaves:
      created.length === 0
        ? 'Nothing beyond the entries that exist already'
        : "An ended ephemeral container's entry stays in the pod until the pod is replaced: Kubernetes cannot remove it",
    objects: created.flatMap((capture) =>
      capture.create === undefined
        ? []
        : [{ namespace: capture.namespace, pod: capture.pod, container: capture.create }],
    ),
  };
}

/** A pod in the network of its node is no pod of its own to a capture. */
function placeText({ vantage, wholeNode }: PlannedCapture): string {
  return wholeNode === undefined
    ? vantage.name
    : `${vantage.name} (in the network of node ${wholeNode}: sees the DNS of every pod there)`;
}

/** `ports 53 and 853 (encrypted)`; the capture adds the latter by itself (src/sources/captureFilter.ts). */
function portsText(ports: readonly number[]): string {
  const clear = ports.filter((port) => port !== ENCRYPTED_DNS_PORT).map(String);
  return `ports ${(clear.length === 0 ? [String(DNS_PORT)] : clear).join(', ')} and ${String(ENCRYPTED_DNS_PORT)} (encrypted)`;
}
