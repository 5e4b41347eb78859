/**
 * What planning and running a live trace say to their callers. Plain data: the command line prints it, the extension
 * shows it, tests compare it. Texts are whole sentences without a final full stop unless they hold several.
 */
import type { Problem } from '../../base/problem.ts';
import type { Vantage, VantageId } from '../../core/trace/vantage.ts';
import type { AccessCheck, EphemeralContainerSpec, ExecTarget, KubeContext } from '../ports.ts';
import type { TraceTarget } from './traceTarget.ts';

/**
 * The privilege of a capture (docs/adr/0010).
 * - 1: an ephemeral container without any added capability
 * - 2: the same with NET_RAW
 */
export type Rung = 1 | 2;

export interface TraceRequest {
  readonly target: TraceTarget;
  readonly namespace: string;
  /** Watch every CoreDNS pod as well, and NodeLocal DNSCache on the nodes of the targets. Default true. */
  readonly watchCoreDns?: boolean;
  /** Image with `sh` and `tcpdump`; {@link DEFAULT_CAPTURE_IMAGE} when absent. */
  readonly image?: string;
  /** DNS ports, 1..65535, at most {@link MOST_CAPTURE_PORTS}. Default: what the cluster's DNS Service and Corefile tell (capturePorts.ts). 853 is added. */
  readonly ports?: readonly number[];
  /** The trace stops by itself after that long. Default one hour, at most 24 hours. */
  readonly maxDurationMs?: number;
  /** Refuse rung 1 from the start, e.g. after `packet-socket-refused`. */
  readonly rung?: Rung;
  /** End the idling containers when the trace stops instead of leaving them for reuse until their deadline. Default true. */
  readonly endContainers?: boolean;
}

/** One network namespace to be watched. */
export interface PlannedCapture {
  readonly vantage: Vantage;
  readonly namespace: string;
  readonly pod: string;
  readonly uid?: string;
  /** Node whose network the pod shares: the capture sees these packets of every pod there. */
  readonly wholeNode?: string;
  readonly rung: Rung;
  /** Idling container to be used; absent when one has to be created. */
  readonly reuse?: string;
  /** The container to be created; the very object that is sent. Absent when one is reused. */
  readonly create?: EphemeralContainerSpec;
  readonly snapLength: number;
  readonly bufferKib: number;
}

/** Permission that is missing for one of the steps. */
export interface MissingPermission {
  readonly check: AccessCheck;
  /** `patch pods/ephemeralcontainers in namespace shop`. */
  readonly text: string;
  /** What it is for. */
  readonly purpose: string;
}

/** What the user agrees to, before anything is created (ux.md). */
export interface Consent {
  readonly what: string;
  readonly where: string;
  readonly rights: string;
  readonly howLong: string;
  readonly howItEnds: string;
  readonly leaves: string;
  /** The exact objects to be created, as JSON a user can read: `{ pod, namespace, container }` each. Empty when all are reused. */
  readonly objects: readonly {
    readonly namespace: string;
    readonly pod: string;
    readonly container: EphemeralContainerSpec;
  }[];
}

/** A hop that this trace will not see. */
export interface UnwatchedHop {
  readonly hop: 'client' | 'nodelocal' | 'coredns';
  /** `namespace/pod`, or `CoreDNS` when the pods are not known. */
  readonly name: string;
  readonly problem: Problem;
}

export interface TracePlan {
  readonly context: KubeContext;
  readonly request: TraceRequest;
  /** `order-service in shop (context lab)`. */
  readonly title: string;
  /** The pods asked for. */
  readonly targets: readonly { readonly namespace: string; readonly pod: string }[];
  readonly captures: readonly PlannedCapture[];
  readonly unwatched: readonly UnwatchedHop[];
  readonly consent: Consent;
  readonly missing: readonly MissingPermission[];
  /** YAML of Roles that would give what is missing; absent when nothing is. */
  readonly roleYaml?: string;
  /** Worth saying, no reason to stop: little memory left, TLS checks off in the kubeconfig. */
  readonly warnings: readonly Problem[];
  /** Reasons why the trace cannot start. Empty when it can. */
  readonly problems: readonly Problem[];
}

export type TraceState = 'idle' | 'starting' | 'running' | 'reconnecting' | 'stopping' | 'ended' | 'failed';
export type CaptureState = 'waiting' | 'starting' | 'running' | 'reconnecting' | 'stopping' | 'ended' | 'failed';

export interface CaptureStatus {
  readonly id: VantageId;
  readonly vantage: Vantage;
  readonly state: CaptureState;
  readonly container?: string;
  readonly bytes: number;
  /** tcpdump's own count, known after its first report. */
  readonly packets?: number;
  /** Dropped by the kernel so far. */
  readonly dropped: number;
  /** Interruptions so far. */
  readonly gaps: number;
  /** The stream is held back because the engine is behind. */
  readonly paused: boolean;
  readonly problem?: Problem;
}

export interface TraceStatus {
  readonly state: TraceState;
  readonly title: string;
  readonly context: KubeContext;
  /** Epoch nanoseconds; absent before the first capture runs. */
  readonly startedNs?: bigint;
  readonly captures: readonly CaptureStatus[];
  readonly dropped: number;
  readonly gaps: number;
  /** CoreDNS pods that exist but are not watched, `namespace/pod`. */
  readonly unwatched: readonly string[];
  /** What went wrong so far, newest last, each once. */
  readonly problems: readonly Problem[];
  readonly aftermath?: Aftermath;
}

/** What is left after a trace. */
export interface Aftermath {
  /** One or two sentences for the user: what was removed and what cannot be. */
  readonly text: string;
  readonly ended: readonly ExecTarget[];
  /** Containers that idle until their deadline. */
  readonly idling: readonly (ExecTarget & { readonly untilNs: bigint })[];
  /** Containers whose end could not be confirmed: they end by themselves, as `text` says. */
  readonly unconfirmed: readonly ExecTarget[];
}

/** netshoot holds sh and tcpdump and is what many clusters already allow. Pinned; a setting and `--image` override it. */
export const DEFAULT_CAPTURE_IMAGE = 'nicolaka/netshoot:v0.13';

/** More make a filter that kernels and readers of consent get lost in. */
export const MOST_CAPTURE_PORTS = 16;
