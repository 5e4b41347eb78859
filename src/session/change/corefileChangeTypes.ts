/**
 * What changing a live Corefile says to its callers. Plain data, so that the extension can show it, the command line print
 * it and tests compare it. The way of a change: `planCorefileChange` (reads, lints, dry run; writes nothing) → consent →
 * optionally `tryCorefile` (CoreDNS's own verdict in a throw-away pod) → `applyCorefileChange` (writes, then watches each
 * replica) → `rollBackCorefile` while the change is the newest. Strings from the cluster are hostile text.
 */
import type { Problem } from '../../base/problem.ts';
import type { ClusterFacts } from '../../core/corefile/clusterFacts.ts';
import type { Diagnostic } from '../../core/corefile/diagnostic.ts';
import type { KubeContext, PodSpecToCreate } from '../ports.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import type { MissingPermission } from '../trace/traceTypes.ts';

/** A text as it stood (or stands) at a place. */
export interface CorefileVersion extends CorefilePlace {
  readonly text: string;
  /** The key did not exist; `text` is empty. Putting this version back takes the key away. */
  readonly absent?: true;
  /** Of the whole ConfigMap. Equal strings mean that nothing in it changed; nothing else may be read from it. */
  readonly resourceVersion: string;
}

/**
 * Why a version came to be.
 * - `seen`: found in the cluster, written by somebody else
 * - `automatic-rollback`: put back because a replica refused the change
 * - `temporary`, `temporary-end`: query log or cache off for a while
 */
export type ChangeCause = 'seen' | 'edit' | 'rollback' | 'automatic-rollback' | 'temporary' | 'temporary-end';

/** Whose history. */
export interface HistoryPlace extends CorefilePlace {
  /** API server address: contexts may be renamed, and several may name one cluster. */
  readonly server: string;
}

/** One entry of the history. */
export interface SeenVersion extends CorefileVersion, HistoryPlace {
  /** When we saw or wrote it, RFC 3339. */
  readonly time: string;
  readonly cause: ChangeCause;
}

/** Where the history is kept; the caller's. It may be slow; a failure costs the history only, never the change. */
export interface CorefileHistoryStore {
  /** Newest last; nothing for a place that has none, or whose versions cannot be read any more. */
  load(place: HistoryPlace): Promise<readonly SeenVersion[]>;
  /** All of a place's versions, or none of them: a reader never meets a part. */
  save(place: HistoryPlace, versions: readonly SeenVersion[]): Promise<void>;
  /** Places with versions, in any order. */
  places(): Promise<readonly HistoryPlace[]>;
  /** Forgets one place, or all. */
  clear(place?: HistoryPlace): Promise<void>;
}

export interface CorefileChangeRequest {
  /** The cluster's main Corefile when absent. A key that does not exist yet is created (its base text is empty). */
  readonly place?: CorefilePlace;
  /** The new text. */
  readonly text: string;
  /** What the user edited. When the cluster holds another resourceVersion by now, the plan has a `conflict` blocker. Read now when absent. */
  readonly base?: { readonly text: string; readonly resourceVersion: string };
  /** Default `edit`. */
  readonly cause?: ChangeCause;
  /** Annotations of the ConfigMap written with the text, in the same request; `undefined` removes one. */
  readonly annotations?: Readonly<Record<string, string | undefined>>;
  /** What is known of the cluster, for callers that watch it: then the plan says what their editor says. Read now when absent. */
  readonly facts?: ClusterFacts;
  /** Restarts that earlier changes are still waiting for, as far as the caller knows. */
  readonly owed?: readonly OwedRestart[];
}

/** A text that nothing loads until these pods are replaced. */
export interface OwedRestart {
  readonly place: CorefilePlace;
  /** Their uids at its write. */
  readonly pods: readonly string[];
}

/** A run of changed lines with up to three unchanged ones around it, as `diff -u` cuts them. */
export interface DiffHunk {
  /** 1-based first line in the old and the new text; 0 when that side has no line in the hunk. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  /** Without its line break. */
  readonly text: string;
}

/** Somebody keeps this ConfigMap as it is and may undo what we write. */
export interface ManagedBy {
  /** `AKS`, `EKS add-on`, `Helm`, `Flux`, `Argo CD`, `the add-on manager`, or the owner's kind and name. */
  readonly manager: string;
  /** What will happen and where to write instead; `managed-corefile`. */
  readonly problem: Problem;
  /** Where the platform wants changes, when it is a place we can write to. */
  readonly writeInstead?: Omit<CorefilePlace, 'key'>;
}

/** What stands in the way of applying. */
export interface ChangeBlocker {
  readonly problem: Problem;
  /** `force` passes over it: the user's own decision, and replicas that refuse are rolled back. False: it would fail anyway. */
  readonly canForce: boolean;
  /** CoreDNS's acceptance in the throw-away pod lifts it: which plugins an image has, lint cannot know. */
  readonly untilTried?: true;
}

/** How replicas come to run a new text. */
export type ReloadExpectation =
  | {
      readonly kind: 'reload';
      /** Milliseconds from the write until the slowest replica should have loaded it: kubelet sync, then interval and jitter. */
      readonly usualMs: number;
      /** `The kubelet brings the file within about 90 s, then CoreDNS looks every 30 s (± 7 s)`. */
      readonly text: string;
    }
  /** The text that runs has no `reload`: nothing happens until the pods are replaced. */
  | { readonly kind: 'restart'; readonly text: string };

/** The throw-away pod, or why there can be none. */
export type TrialOffer =
  | {
      readonly kind: 'possible';
      readonly namespace: string;
      /** The very object that would be created. */
      readonly pod: PodSpecToCreate;
      /** What it is, with which rights, for how long, how it ends: whole sentences. */
      readonly consent: string;
    }
  | { readonly kind: 'impossible'; readonly problem: Problem };

export interface CorefileChangePlan {
  readonly context: KubeContext;
  readonly place: CorefilePlace;
  readonly cause: ChangeCause;
  /** What the cluster holds now. */
  readonly base: CorefileVersion;
  readonly text: string;
  readonly annotations: Readonly<Record<string, string | undefined>>;
  /** What stands there now under the same names: a rollback puts these back as well. */
  readonly annotationsBefore: Readonly<Record<string, string | undefined>>;
  /** The key is to be taken away; `text` is empty. */
  readonly removesKey?: true;
  /** True when the text is what already stands there: applying does nothing. */
  readonly unchanged: boolean;
  readonly diff: readonly DiffHunk[];
  readonly diagnostics: readonly Diagnostic[];
  readonly managed?: ManagedBy;
  /** Empty: may be applied. */
  readonly blockers: readonly ChangeBlocker[];
  /** Worth knowing before agreeing; `managed` and a `reload` that goes missing among them. */
  readonly warnings: readonly Problem[];
  /** For every step, the optional ones too (reading metrics, the trial, a restart). What only weakens evidence is no blocker. */
  readonly missing: readonly MissingPermission[];
  readonly roleYaml?: string;
  readonly reload: ReloadExpectation;
  /** How replicas that run the new text come to the next one: what taking it back goes by. */
  readonly reloadAfter: ReloadExpectation;
  /** The replicas have not loaded the text that this one replaces either. */
  readonly isOwed?: true;
  readonly trial: TrialOffer;
  readonly replicas: readonly ReplicaRef[];
  /** What the watching after the write goes by. */
  readonly watch: ChangeWatchFacts;
  /** Deployment that a restart would replace; absent when CoreDNS is run otherwise. */
  readonly deployment?: string;
  /** For the confirmation: names cluster, namespace, ConfigMap and key. */
  readonly question: string;
  readonly detail: string;
}

export interface ChangeWatchFacts {
  /** reload's hash of all that CoreDNS reads, before and after; absent when it cannot be computed here. Equal: nothing to load. */
  readonly oldHash?: string;
  readonly newHash?: string;
  /** Ports on which the old and the new configuration serve metrics, to be tried in turn. */
  readonly metricsPorts: readonly number[];
  /** Path of the changed file in the container: how CoreDNS names it in messages. */
  readonly path?: string;
  /** A text is taken back that replicas may not have met yet: one that runs the right text has to be seen with it for so many milliseconds. */
  readonly settleMs?: number;
}

export interface ReplicaRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly uid?: string;
  readonly node?: string;
  /** How often its containers had started again when it was seen. */
  readonly restarts?: number;
}

/** What CoreDNS itself says of the text. */
export interface TrialVerdict {
  /** `unclear`: it could not be tried (image, scheduling, admission, time); says nothing of the text. */
  readonly kind: 'accepted' | 'refused' | 'unclear';
  /** One sentence: what CoreDNS said, or why nothing is known. */
  readonly message: string;
  /** 1-based line of the tried text that CoreDNS names; only for `refused`. */
  readonly line?: number;
  /** Tail of its log, at most 20 lines. */
  readonly log: readonly string[];
  /** False when the pod could not be deleted: `message` says so and when it ends by itself. */
  readonly removed: boolean;
}

export interface TrialProgress {
  readonly state: 'creating' | 'starting' | 'watching' | 'deleting';
  /** `Waiting for the image on node lab-1`. */
  readonly message: string;
}

/**
 * One replica on its way to the new text.
 * - `waiting`: still runs the old text, or nothing is known yet
 * - `running`: runs the new text
 * - `refused`: read the new text and kept the old one; `message` has CoreDNS's words
 * - `gone`: the pod was deleted or replaced meanwhile
 * - `unknown`: neither metrics nor log may be read
 */
export type ReplicaState = 'waiting' | 'running' | 'refused' | 'gone' | 'unknown';

export interface ReplicaProgress extends ReplicaRef {
  readonly state: ReplicaState;
  /** What the state rests on: the configuration's own hash, a change in the reload metrics, log lines, a start after the write. */
  readonly evidence: 'hash' | 'metrics' | 'log' | 'start' | 'none';
  readonly message: string;
  /** 1-based line of the new text that CoreDNS names; only for `refused`. */
  readonly line?: number;
}

export interface ChangeProgress {
  readonly phase: 'trying' | 'measuring' | 'applying' | 'awaiting' | 'restarting' | 'comparing' | 'rolling-back';
  /** `1 of 2 replicas run the new Corefile; coredns-b: waiting for the kubelet to bring the file (12 s)`. */
  readonly message: string;
  readonly replicas: readonly ReplicaProgress[];
}

/** Errors per response over a stretch of time. */
export interface ErrorRate {
  readonly seconds: number;
  readonly responses: number;
  /** SERVFAIL, REFUSED, FORMERR, NOTIMP and the like; NXDOMAIN and NOERROR are none. */
  readonly failures: number;
  readonly byRcode: Readonly<Record<string, number>>;
}

/** One pod, or all. An absent rate was not measurable: no metrics, or the pod's counters began anew. */
export interface RateComparison {
  readonly before?: ErrorRate;
  readonly after?: ErrorRate;
}

export interface HealthComparison {
  readonly total: RateComparison;
  readonly pods: readonly (RateComparison & {
    readonly pod: string;
    /** `lost`: it was there before and is not now. `restarted`: its container started again. */
    readonly state: 'same' | 'restarted' | 'lost' | 'new';
    readonly ready: boolean;
  })[];
  /** `0.2 % of 512 responses were errors before, 0.1 % of 498 after; 2 of 2 replicas ready`. */
  readonly message: string;
  /** True when errors rose clearly or replicas were lost: worth offering the rollback. */
  readonly worse: boolean;
}

/**
 * How a change ended.
 * - `unchanged`: there was nothing to write
 * - `applied`: written, and every replica runs it
 * - `rolled-back`: written, refused by a replica, previous text put back
 * - `refused`: refused by a replica, and the previous text could not be put back; `problem` says why
 * - `unconfirmed`: written; not every replica was seen to run it in time, none was seen to refuse it
 * - `restart-needed`: written; nothing loads it until the pods are replaced
 * - `cancelled`: written; we stopped watching, because we were told to or (`problem`: `superseded`) because another text was written over it
 */
export type ChangeEnd =
  'unchanged' | 'applied' | 'rolled-back' | 'refused' | 'unconfirmed' | 'restart-needed' | 'cancelled';

/** A change that stands in the cluster: all that a rollback needs. */
export interface WrittenChange {
  readonly plan: CorefileChangePlan;
  /** What the cluster holds by our last write. */
  readonly current: CorefileVersion;
  /** What it held before the change: a rollback puts this text back. */
  readonly previous: CorefileVersion;
}

export interface CorefileChangeResult extends WrittenChange {
  readonly kind: ChangeEnd;
  readonly replicas: readonly ReplicaProgress[];
  readonly health?: HealthComparison;
  /** One or two sentences for the user. */
  readonly message: string;
  readonly problem?: Problem;
}

/** What may be switched for a while. */
export type TemporaryKind = 'query-log' | 'cache-off';

/** One server block and what happens to it. */
export interface TemporaryStep {
  /** The block's zones as written, such as `.:53`. */
  readonly block: string;
  /** 1-based line of the edit in the old text. */
  readonly line: number;
  readonly text: string;
}

export interface TemporaryPlan {
  readonly kind: TemporaryKind;
  readonly durationMs: number;
  /** When it will be reverted, RFC 3339. */
  readonly deadline: string;
  readonly steps: readonly TemporaryStep[];
  /** Blocks that stay as they are, each with the reason. */
  readonly cannot: readonly Problem[];
  /** Says what is switched, until when, and that nothing in the cluster reverts it when no DNScope is left. */
  readonly consent: string;
  /** It is on already: the plan moves its deadline, and `steps` are blocks that came since. */
  readonly on?: TemporaryMark;
  /** The change that carries it; its blockers and warnings hold. */
  readonly change: CorefileChangePlan;
}

/** What stands in a ConfigMap's annotation while a temporary change is on. */
export interface TemporaryMark {
  readonly kind: TemporaryKind;
  readonly place: CorefilePlace;
  /** RFC 3339. */
  readonly since: string;
  readonly deadline: string;
  readonly overdue: boolean;
  /** Somebody edited the text since: it is not reverted automatically; `proposal` is the text without our lines. */
  readonly edited: boolean;
  readonly proposal: string;
}

/**
 * - `on`: every replica runs it
 * - `written`: it stands in the ConfigMap, and whether replicas run it is not known, or only after a restart
 * - `ended`: the ConfigMap is as it was before; `message` says what the replicas do
 */
export interface TemporaryState {
  readonly kind: TemporaryKind;
  readonly state: 'starting' | 'on' | 'written' | 'reverting' | 'ended' | 'failed';
  /** RFC 3339; moves when it is prolonged. */
  readonly deadline: string;
  /** What is true now, without the deadline. */
  readonly message: string;
  /** Nothing loads what was written until CoreDNS is restarted. */
  readonly needsRestart?: true;
  /** After `failed`: what to do; `conflict` comes with `proposal`. */
  readonly problem?: Problem;
  /** The present text without our lines, for an editor; only after a `conflict`. */
  readonly proposal?: string;
}
