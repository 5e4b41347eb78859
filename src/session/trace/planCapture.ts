import { toProblem, type Problem } from '../../base/problem.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { Vantage, VantageRole } from '../../core/trace/vantage.ts';
import { captureContainer, lifetimeSeconds, memoryLimit, reusableContainer } from './captureContainer.ts';
import { podAddresses, podKey } from '../cluster/coreDns.ts';
import { describeCheck } from '../permissions.ts';
import type { AccessCheck, AccessResult, KubeApi } from '../ports.ts';
import {
  DEFAULT_CAPTURE_IMAGE,
  type MissingPermission,
  type PlannedCapture,
  type Rung,
  type TraceRequest,
} from './traceTypes.ts';

export const DEFAULT_MAX_DURATION_MS = 3_600_000;
/** Whole DNS messages: 1232 bytes is the common EDNS size, and headers (link, IPv6, TCP with options) stay below 200. */
const SNAP_LENGTH = 1536;
const MiB = 1024 * 1024;
/** tcpdump and the shells around it need about 12 MiB; less than this for everything is worth a word. */
const SHORT_MEMORY = 64 * MiB;
/**
 * The kernel's ring is not charged to the pod (measured: 2.6 MiB charged with a ring of 32 MiB), and it is what bridges the
 * moments when tcpdump does not get a processor: 8 MiB lost 9 % on a busy machine where 32 MiB lost nothing.
 */
const RING_KIB = 32_768;
const SMALL_RING_KIB = 8_192;

export interface CapturePlan {
  /** `namespace/pod`. */
  readonly name: string;
  readonly capture?: PlannedCapture;
  readonly problem?: Problem;
  readonly missing: readonly MissingPermission[];
}

/** What the captures of one plan share: rights by namespace and runtimes by node, each asked once. */
export class PlanContext {
  readonly kube: KubeApi;
  readonly request: TraceRequest;
  readonly nowNs: bigint;
  readonly signal: AbortSignal | undefined;
  readonly #rights = new Map<string, Promise<readonly MissingPermission[]>>();
  readonly #runtimes = new Map<string, Promise<string>>();

  constructor(kube: KubeApi, request: TraceRequest, nowNs: bigint, signal: AbortSignal | undefined) {
    this.kube = kube;
    this.request = request;
    this.nowNs = nowNs;
    this.signal = signal;
  }

  missingRights(namespace: string): Promise<readonly MissingPermission[]> {
    let known = this.#rights.get(namespace);
    if (known === undefined) this.#rights.set(namespace, (known = this.#askRights(namespace)));
    return known;
  }

  /** `containerd://2.1.4`, empty when it may not be known. */
  runtimeOf(node: string): Promise<string> {
    let known = this.#runtimes.get(node);
    if (known === undefined) {
      known = this.kube.get('nodes', undefined, node, this.signal).then(
        (found) => found.status?.nodeInfo?.containerRuntimeVersion ?? '',
        () => '',
      );
      this.#runtimes.set(node, known);
    }
    return known;
  }

  async #askRights(namespace: string): Promise<readonly MissingPermission[]> {
    const [create, exec, execGet] = await this.kube.canI(captureChecks(namespace), this.signal);
    const missing: MissingPermission[] = [];
    const add = (result: AccessResult | undefined, purpose: string): void => {
      if (result === undefined || result.allowed) return;
      const { allowed: _allowed, reason: _reason, ...check } = result;
      missing.push({ check, text: describeCheck(check), purpose });
    };
    add(create, 'to add the capture container');
    // A WebSocket starts as a GET: servers before 1.35 ask for `get`, later ones for `create` too (feature gate AuthorizePodWebsocketUpgradeCreatePermission).
    if (execGet?.allowed !== true || (exec?.allowed !== true && (await this.#asksForCreate())))
      add(exec, 'to stream the capture');
    add(execGet, 'to stream the capture');
    return missing;
  }

  async #asksForCreate(): Promise<boolean> {
    const version = await this.kube.serverVersion(this.signal).catch(() => '');
    const minor = /^v1\.(\d+)/.exec(version)?.[1];
    return minor === undefined || Number(minor) >= 35;
  }
}

export function captureChecks(namespace: string): readonly [AccessCheck, AccessCheck, AccessCheck] {
  return [
    { verb: 'patch', group: '', resource: 'pods', subresource: 'ephemeralcontainers', namespace },
    { verb: 'create', group: '', resource: 'pods', subresource: 'exec', namespace },
    { verb: 'get', group: '', resource: 'pods', subresource: 'exec', namespace },
  ];
}

export async function planCapture(context: PlanContext, pod: Pod, role: VantageRole): Promise<CapturePlan> {
  const { kube, request } = context;
  const namespace = pod.metadata?.namespace ?? request.namespace;
  const name = pod.metadata?.name ?? '';
  const missing = await context.missingRights(namespace);
  const [first] = missing;
  if (first !== undefined) {
    const problem: Problem = {
      code: 'forbidden',
      detail: `Missing permission: ${missing.map((one) => one.text).join('; ')}`,
      recover: 'Ask the cluster administrator for the Role below',
    };
    return { name: podKey(namespace, name), problem, missing };
  }
  const rung = await chooseRung(context, pod);
  const image = request.image ?? DEFAULT_CAPTURE_IMAGE;
  const reuse = reusableContainer(pod, image, rung);
  const seconds = lifetimeSeconds(request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS);
  const create = captureContainer(pod, { image, rung, seconds, nowNs: context.nowNs });
  if (reuse === undefined) {
    try {
      await kube.addEphemeralContainer(namespace, name, create, { dryRun: true }, context.signal);
    } catch (error) {
      const problem = toProblem(error, 'capture-refused');
      if (!REFUSALS.has(problem.code)) throw error;
      return { name: podKey(namespace, name), problem, missing: [] };
    }
  }
  const limit = memoryLimit(pod);
  const capture: PlannedCapture = {
    vantage: vantageOf(pod, role),
    namespace,
    pod: name,
    ...(pod.metadata?.uid === undefined ? {} : { uid: pod.metadata.uid }),
    ...(pod.spec?.hostNetwork === true ? { wholeNode: pod.spec.nodeName ?? '' } : {}),
    rung,
    ...(reuse === undefined ? { create } : { reuse }),
    snapLength: SNAP_LENGTH,
    bufferKib: limit === undefined || limit >= SHORT_MEMORY ? RING_KIB : SMALL_RING_KIB,
  };
  return { name: podKey(namespace, name), capture, missing: [] };
}

/** What a server may say to this one object; anything else (unreachable, busy, cancelled) ends the planning. */
const REFUSALS: ReadonlySet<string> = new Set([
  'forbidden',
  'pod-security-refused',
  'admission-refused',
  'request-invalid',
  'not-found',
  'conflict',
]);

async function chooseRung(context: PlanContext, pod: Pod): Promise<Rung> {
  if (context.request.rung !== undefined) return context.request.rung;
  const node = pod.spec?.nodeName;
  const runtime = node === undefined ? '' : await context.runtimeOf(node);
  // CRI-O leaves NET_RAW out of its default capabilities; containerd and cri-dockerd have it there.
  return runtime.startsWith('cri-o') ? 2 : 1;
}

export function vantageOf(pod: Pod, role: VantageRole): Vantage {
  const namespace = pod.metadata?.namespace ?? '';
  const name = pod.metadata?.name ?? '';
  return {
    name: podKey(namespace, name),
    role,
    namespace,
    pod: name,
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    addresses: podAddresses(pod),
  };
}

export function podWarnings(pod: Pod, isDns: boolean): readonly Problem[] {
  const warnings: Problem[] = [];
  const name = podKey(pod.metadata?.namespace, pod.metadata?.name);
  const limit = memoryLimit(pod);
  if (limit !== undefined && limit < SHORT_MEMORY) {
    warnings.push({
      code: 'memory-short',
      detail: `Pod ${name} may use ${String(Math.round(limit / MiB))} MiB of memory; the capture takes about 12 MiB of that`,
      recover: isDns
        ? 'Raise its limit first if it is nearly used up'
        : 'Watch CoreDNS alone (target coredns) if that is too close',
    });
  }
  return warnings;
}
