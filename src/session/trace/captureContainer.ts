/**
 * The ephemeral container that captures run in. It idles (agent/idle.sh) and holds nothing: each capture is an exec of its
 * own, so that a stream never goes through the node's log files and one container serves many captures. Kubernetes
 * can neither remove nor restart it: it has a deadline from the start, and a running one is used again.
 */
import type { ContainerStatusView, Pod } from '../../core/topology/kubeTypes.ts';
import { IDLE_SCRIPT } from './agentScripts.ts';
import type { EphemeralContainerSpec } from '../ports.ts';
import { quantityBytes } from '../quantity.ts';
import type { Rung } from './traceTypes.ts';

/** Beside it the supervisors leave their marks. */
export const LEASE_FILE = '/tmp/dnscope.lease';
// Written beside and moved: the idle loop never reads half a number.
const LEASE_SCRIPT = 'printf "%s\\n" "$1" >"$2.new" && mv "$2.new" "$2"';
/** A container left for reuse idles that long after a trace. */
export const REUSE_SECONDS = 300;
const NAME = /^dnscope-(raw-)?[a-z0-9]{1,20}$/;

/** Sets the seconds that an idling container has left; 0 ends it. */
export function leaseCommand(seconds: number): readonly string[] {
  return ['sh', '-c', LEASE_SCRIPT, 'dnscope', String(Math.max(0, Math.ceil(seconds))), LEASE_FILE];
}

/** Twice the longest trace, at least half an hour more than it: time to resume after a crash of the editor. */
export function lifetimeSeconds(maxDurationMs: number): number {
  return Math.ceil(Math.max(2 * maxDurationMs, maxDurationMs + 1_800_000) / 1000);
}

export function captureContainer(
  pod: Pod,
  options: { readonly image: string; readonly rung: Rung; readonly seconds: number; readonly nowNs: bigint },
): EphemeralContainerSpec {
  const nonRoot = pod.spec?.securityContext?.runAsNonRoot === true || (pod.spec?.securityContext?.runAsUser ?? 0) !== 0;
  // Least privilege: root is asked for only where the pod's own setting would make the container another user.
  const securityContext = {
    ...(nonRoot ? { runAsUser: 0, runAsNonRoot: false } : {}),
    ...(options.rung === 2 ? { capabilities: { add: ['NET_RAW'] } } : {}),
  };
  return {
    name: freeName(pod, options.rung, options.nowNs),
    image: options.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', IDLE_SCRIPT, 'dnscope', String(options.seconds), LEASE_FILE],
    ...(nonRoot || options.rung === 2 ? { securityContext } : {}),
  };
}

function freeName(pod: Pod, rung: Rung, nowNs: bigint): string {
  const taken = new Set((pod.spec?.ephemeralContainers ?? []).map((container) => container.name));
  const prefix = rung === 2 ? 'dnscope-raw-' : 'dnscope-';
  for (let stamp = nowNs / 1_000_000n; ; stamp++) {
    const name = prefix + stamp.toString(36);
    if (!taken.has(name)) return name;
  }
}

/** A running container of ours that a capture of this image and rung can use. */
export function reusableContainer(pod: Pod, image: string, rung: Rung): string | undefined {
  for (const container of pod.spec?.ephemeralContainers ?? []) {
    const name = container.name ?? '';
    const kind = NAME.exec(name);
    if (kind === null || container.image !== image || container.command?.[2] !== IDLE_SCRIPT) continue;
    // More rights than needed do no harm here: the container exists already.
    if (rung === 2 && kind[1] === undefined) continue;
    if (ephemeralStatus(pod, name)?.state?.running !== undefined) return name;
  }
  return undefined;
}

export function ephemeralStatus(pod: Pod, container: string): ContainerStatusView | undefined {
  return pod.status?.ephemeralContainerStatuses?.find((status) => status.name === container);
}

/** The pod's memory limit in bytes: the sum over its containers, when each has one (else the pod has none). */
export function memoryLimit(pod: Pod): number | undefined {
  let sum = 0;
  for (const container of pod.spec?.containers ?? []) {
    const bytes = quantityBytes(container.resources?.limits?.['memory'] ?? '');
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum === 0 ? undefined : sum;
}
