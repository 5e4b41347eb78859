/**
 * `dnscope trace TARGET …`: a pod's DNS live, in words or as JSON Lines (design.md). What would be created is shown first and
 * asked for once; without a terminal `--yes` is needed. Exit 0 done, 2 bad use or a trace that could not start.
 */
import { ProblemError, toProblem, type Problem } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import type { CaptureLoss, Vantage, VantageId } from '../core/trace/vantage.ts';
import { ClusterModel } from '../session/cluster/clusterModel.ts';
import { planTrace } from '../session/trace/planTrace.ts';
import type { KubeApi, TraceSink } from '../session/ports.ts';
import { TraceSession } from '../session/trace/traceSession.ts';
import type { TracePlan, TraceRequest, TraceStatus } from '../session/trace/traceTypes.ts';
import { openPodCapture } from '../sources/podCapture.ts';
import type { CliIo } from './io.ts';
import { parseTraceArgs, TRACE_USAGE, type TraceArgs } from './traceArgs.ts';
import { defaultTraceDeps, type LiveTrace, type TraceDeps } from './traceDeps.ts';
import { JsonTraceOutput, TextTraceOutput, type TraceOutput } from './traceOutput.ts';

export async function runTrace(
  argv: readonly string[],
  io: CliIo,
  deps: TraceDeps = defaultTraceDeps(),
): Promise<number> {
  const args = parseTraceArgs(argv);
  if (typeof args === 'string') {
    io.stderr(`${args}. Use: ${TRACE_USAGE}\n`);
    return 2;
  }
  const cancel = new AbortController();
  const interrupt = deps.onInterrupt(() => cancel.abort());
  let kube: KubeApi | undefined;
  try {
    kube = await openContext(args, deps);
    const request = requestOf(args, kube);
    const plan = await planTrace(kube, request, { nowNs: deps.clock.nowNs() }, cancel.signal);
    if (!(await agreed(plan, args, io, deps))) return 2;
    if (cancel.signal.aborted) return 2;
    interrupt.dispose();
    return await follow(kube, plan, args, io, deps);
  } catch (error) {
    io.stderr(`${problemText(toProblem(error, 'trace-failed'))}\n`);
    return 2;
  } finally {
    interrupt.dispose();
    kube?.dispose();
  }
}

async function openContext(args: TraceArgs, deps: TraceDeps): Promise<KubeApi> {
  const source = await deps.openSource();
  if (args.context !== undefined) return source.open(args.context);
  const { current, problems } = await source.contexts();
  if (current !== undefined) return source.open(current);
  throw new ProblemError(
    problems[0] ?? {
      code: 'no-context',
      detail: 'The kubeconfig names no current context',
      recover: 'Choose one with --context',
    },
  );
}

function requestOf(args: TraceArgs, kube: KubeApi): TraceRequest {
  return {
    target: args.target,
    namespace: args.namespace ?? kube.context.namespace,
    watchCoreDns: args.watchCoreDns,
    ...(args.image === undefined ? {} : { image: args.image }),
    ...(args.ports.length === 0 ? {} : { ports: args.ports }),
    ...(args.durationMs === undefined ? {} : { maxDurationMs: args.durationMs }),
    ...(args.netRaw ? { rung: 2 } : {}),
  };
}

/** Shows the plan and asks once. Problems end it here, each with what to do about it. */
async function agreed(plan: TracePlan, args: TraceArgs, io: CliIo, deps: TraceDeps): Promise<boolean> {
  const line = (text: string): void => io.stderr(`${text}\n`);
  for (const warning of plan.warnings) line(`Note: ${problemText(warning)}`);
  for (const hop of plan.unwatched) line(`Not watched: ${visibleText(hop.name)}: ${problemText(hop.problem)}`);
  for (const problem of plan.problems) line(problemText(problem));
  if (plan.roleYaml !== undefined) line(`This Role gives what is missing:\n${plan.roleYaml.trimEnd()}`);
  if (plan.problems.length > 0) return false;
  const { consent } = plan;
  line(`Trace ${visibleText(plan.title)}`);
  line(`  what      ${consent.what}`);
  line(`  where     ${visibleText(consent.where)}`);
  line(`  rights    ${consent.rights}`);
  line(`  how long  ${consent.howLong}`);
  line(`  the end   ${consent.howItEnds}`);
  line(`  stays     ${consent.leaves}`);
  if (args.yes) return true;
  for (const object of consent.objects) line(JSON.stringify(object, undefined, 2));
  if (!deps.isTerminal) {
    line('Nothing is created without agreement: add --yes to start this trace');
    return false;
  }
  return deps.ask('Start this trace? [y/N] ');
}

async function follow(kube: KubeApi, plan: TracePlan, args: TraceArgs, io: CliIo, deps: TraceDeps): Promise<number> {
  const output: TraceOutput = args.json ? new JsonTraceOutput(io) : new TextTraceOutput(io);
  const trace = await deps.makeTrace(
    { onLookup: (row) => output.lookup(row), onFinding: (finding) => output.finding(finding) },
    plan.request.ports ?? [],
  );
  const namespaces = [plan.request.namespace, ...plan.captures.map((capture) => capture.namespace)];
  const cluster = new ClusterModel({ kube, clock: deps.clock, namespaces });
  const sink = new TellingSink(trace, output);
  const session = new TraceSession({ kube, plan, sink, clock: deps.clock, openCapture: openPodCapture, cluster });
  let interrupts = 0;
  const interrupt = deps.onInterrupt(() => {
    // The second time the user means it: the supervisors end the captures without us.
    if (++interrupts === 1) void session.stop();
    else session.dispose();
  });
  try {
    cluster.start();
    await cluster.whenReady();
    session.onDidChange((status) => output.state(status));
    if (interrupts === 0) await session.start();
    const status = await session.ended;
    trace.report();
    output.state(status);
    output.summary(trace.summary(filesOf(status)), status);
    return status.state === 'failed' ? 2 : 0;
  } catch (error) {
    if (interrupts > 0) {
      await session.ended;
      output.summary(trace.summary(filesOf(session.status)), session.status);
      return 0;
    }
    io.stderr(`${problemText(toProblem(error, 'trace-failed'))}\n`);
    if (session.status.aftermath !== undefined) io.stderr(`${session.status.aftermath.text}\n`);
    return 2;
  } finally {
    interrupt.dispose();
    session.dispose();
    cluster.dispose();
    trace.dispose();
  }
}

/** The captures as the contract's `files`: what came over the wire from each vantage. */
function filesOf(status: TraceStatus): Parameters<LiveTrace['summary']>[0] {
  return status.captures.map((capture) => ({
    path: capture.vantage.name,
    packets: capture.packets ?? 0,
    bytes: capture.bytes,
    linkTypes: [],
    truncated: false,
  }));
}

export function problemText(problem: Problem): string {
  return visibleText(problem.recover === undefined ? problem.detail : `${problem.detail}. ${problem.recover}`);
}

/** Passes everything on and tells of losses as they are reported. */
class TellingSink implements TraceSink {
  readonly #sink: TraceSink;
  readonly #output: TraceOutput;
  readonly #names = new Map<VantageId, string>();

  constructor(sink: TraceSink, output: TraceOutput) {
    this.#sink = sink;
    this.#output = output;
  }

  get backlogBytes(): number {
    return this.#sink.backlogBytes;
  }

  addVantage(id: VantageId, vantage: Vantage): void {
    this.#names.set(id, vantage.name);
    this.#sink.addVantage(id, vantage);
  }

  push(id: VantageId, chunk: Uint8Array): void {
    this.#sink.push(id, chunk);
  }

  restartStream(id: VantageId): void {
    this.#sink.restartStream(id);
  }

  endStream(id: VantageId): void {
    this.#sink.endStream(id);
  }

  reportLoss(id: VantageId, loss: CaptureLoss): void {
    this.#sink.reportLoss(id, loss);
    this.#output.loss(this.#names.get(id) ?? '', loss);
  }

  noteNetns(id: VantageId, netns: number): void {
    this.#sink.noteNetns(id, netns);
  }

  setTopology(topology: Parameters<TraceSink['setTopology']>[0]): void {
    this.#sink.setTopology(topology);
  }

  setUnwatched(pods: readonly string[]): void {
    this.#sink.setUnwatched(pods);
  }

  tick(nowNs: bigint): void {
    this.#sink.tick(nowNs);
  }
}
