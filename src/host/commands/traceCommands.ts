import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Problem, ProblemError, toProblem } from '../../base/problem.ts';
import { unlessAborted } from '../../base/unlessAborted.ts';
import { visibleText } from '../../base/visibleText.ts';
import { planTrace } from '../../session/trace/planTrace.ts';
import type { TracePlan, TraceRequest } from '../../session/trace/traceTypes.ts';
import { asPodRef } from '../cluster/podRef.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import type { Host } from '../host.ts';
import { LiveTrace } from '../traces/liveTrace.ts';
import type { OpenTrace, TraceChoice } from '../traces/openTrace.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';
import { askConsent, tellMissing } from './consent.ts';
import type { CommandHandlers } from './ids.ts';
import { lastChoice, pickPod, rememberChoice } from './pickPod.ts';

type TraceCommand =
  | 'dnscope.tracePod'
  | 'dnscope.traceAgain'
  | 'dnscope.stopTrace'
  | 'dnscope.showTracePanel'
  | 'dnscope.symptomPod'
  | 'dnscope.symptomExternal';

export function traceCommands(host: Host, documents: PlainDocuments): Pick<CommandHandlers, TraceCommand> {
  const pickAndTrace = async (title: string): Promise<void> => {
    const choice = await pickPod(host, title);
    if (choice !== undefined) await traceDns(host, documents, choice);
  };
  return {
    'dnscope.tracePod': async (target) => {
      const pod = asPodRef(target);
      if (pod === undefined) return pickAndTrace(l10n.t('DNS: Trace DNS for Pod'));
      await traceDns(host, documents, {
        context: await host.connection.currentContext(),
        namespace: pod.namespace,
        pod: pod.pod,
      });
    },
    'dnscope.traceAgain': async () => {
      const last = lastChoice(host);
      if (last === undefined) return pickAndTrace(l10n.t('DNS: Trace DNS for Pod'));
      await traceDns(host, documents, last);
    },
    'dnscope.stopTrace': (target) => stopTrace(host, target),
    'dnscope.showTracePanel': async (target) => {
      const trace = runningOn(host, target) ?? host.traces.active;
      if (trace !== undefined) host.panels.show(trace);
      else if (
        (await host.notify.info(l10n.t('No trace is open'), [{ label: l10n.t('Trace DNS for Pod…'), value: true }])) ===
        true
      ) {
        await pickAndTrace(l10n.t('DNS: Trace DNS for Pod'));
      }
    },
    'dnscope.symptomPod': () => pickAndTrace(l10n.t("Names don't resolve in a pod: which one?")),
    // The same trace: CoreDNS is watched with the pod, so its way to the upstreams is in view.
    'dnscope.symptomExternal': () => pickAndTrace(l10n.t('Only external names fail: a pod that sees it?')),
  };
}

/** Preflight, consent, start. One trace a pod: a second one shows the first, or joins it while it is still being asked for. */
export async function traceDns(
  host: Host,
  documents: PlainDocuments,
  choice: TraceChoice,
  request: Partial<TraceRequest> = {},
): Promise<OpenTrace | undefined> {
  const running = host.traces.running.find((trace) => sameChoice(trace.choice, choice));
  if (running !== undefined) {
    host.panels.show(running);
    return running;
  }
  const key = JSON.stringify([choice.context, choice.namespace, choice.pod]);
  return host.traces.starts.run(key, () => startTrace(host, documents, choice, request));
}

async function startTrace(
  host: Host,
  documents: PlainDocuments,
  choice: TraceChoice,
  request: Partial<TraceRequest>,
): Promise<OpenTrace | undefined> {
  await rememberChoice(host, choice);
  const lease = await host.connection.acquire(choice.context);
  const trace = await prepare(host, documents, choice, lease, request).catch((error: unknown) => {
    lease.dispose();
    throw error;
  });
  if (trace === undefined) {
    lease.dispose();
    return undefined;
  }
  host.traces.add(trace);
  host.panels.show(trace);
  const title = l10n.t('DNS: starting to trace {0}', visibleText(choice.pod));
  const started = await host.notify.progress(title, (signal) =>
    trace.start(signal).then(
      () => true,
      (error: unknown) => tellFailedStart(host, toProblem(error, 'trace-failed')),
    ),
  );
  void trace.ended.then((status) => {
    for (const problem of status.problems) host.log.error(`${problem.code}: ${visibleText(problem.detail)}`);
    host.log.info(`Trace of ${status.title} is over: ${status.state}. ${status.aftermath?.text ?? ''}`);
  });
  return started === true ? trace : undefined;
}

/** The panel in front shows the problem in full; a message is worth it only where a button helps. */
function tellFailedStart(host: Host, problem: Problem): false {
  host.log.error(`${problem.code}: ${problem.detail}`);
  if (problem.code === 'image-pull-failed') {
    const choice = [{ label: l10n.t('Choose Image…'), value: true }];
    const asked = host.notify.warn(l10n.t('The cluster cannot pull the capture image'), choice);
    void asked.then((yes) => {
      if (yes === true) void vscode.commands.executeCommand('workbench.action.openSettings', 'dnscope.captureImage');
    });
  }
  return false;
}

async function prepare(
  host: Host,
  documents: PlainDocuments,
  choice: TraceChoice,
  lease: ClusterLease,
  extra: Partial<TraceRequest>,
): Promise<LiveTrace | undefined> {
  const { settings } = host;
  const request: TraceRequest = {
    target: { kind: 'pod', name: choice.pod },
    namespace: choice.namespace,
    maxDurationMs: settings.maxTraceMs,
    ...(settings.captureImage === undefined ? {} : { image: settings.captureImage }),
    ...extra,
  };
  const plan = await host.notify.progress(
    l10n.t('DNS: checking what tracing {0} needs', visibleText(choice.pod)),
    async (signal) => {
      await unlessAborted(lease.model.whenReady(), signal);
      return planTrace(lease.kube, request, { nowNs: host.clock.nowNs() }, signal);
    },
  );
  if (plan === undefined || !(await mayStart(host, plan)) || !(await askConsent(host, documents, plan)))
    return undefined;
  return new LiveTrace({
    plan,
    choice,
    lease,
    store: host.openStore(),
    clock: host.clock,
    openCapture: host.openCapture,
  });
}

/** Tells what stands in the way. A plan with captures left may go on without what is missing; consent names it as unwatched. */
async function mayStart(host: Host, plan: TracePlan): Promise<boolean> {
  if (plan.problems.length === 0 && plan.captures.length > 0) return true;
  if (plan.missing.length > 0) {
    void tellMissing(host, plan.missing, plan.roleYaml);
    return false;
  }
  const [problem] = plan.problems;
  throw new ProblemError(
    problem ?? {
      code: 'nothing-to-watch',
      detail: l10n.t('Nothing of {0} can be watched', plan.title),
      recover: l10n.t('Choose another pod'),
    },
  );
}

async function stopTrace(host: Host, target: unknown): Promise<void> {
  const { running } = host.traces;
  const active = host.traces.active;
  const trace =
    runningOn(host, target) ??
    (active?.isRunning === true ? active : running.length === 1 ? running[0] : await pickRunning(running));
  if (trace === undefined) return;
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t('DNS: ending the trace of {0}', visibleText(trace.name)),
    },
    () => trace.stop(),
  );
}

async function pickRunning(running: readonly OpenTrace[]): Promise<OpenTrace | undefined> {
  const items = running.map((trace) => ({
    label: visibleText(trace.name),
    description: trace.choice === undefined ? '' : visibleText(`${trace.choice.namespace} · ${trace.choice.context}`),
    trace,
  }));
  return (
    await vscode.window.showQuickPick(items, {
      title: l10n.t('DNS: Stop Trace'),
      placeHolder: l10n.t('Which trace ends?'),
    })
  )?.trace;
}

function runningOn(host: Host, target: unknown): OpenTrace | undefined {
  const pod = asPodRef(target);
  return pod === undefined
    ? undefined
    : host.traces.running.find((trace) => trace.watched.has(`${pod.namespace}/${pod.pod}`));
}

function sameChoice(a: TraceChoice | undefined, b: TraceChoice): boolean {
  return a?.context === b.context && a.namespace === b.namespace && a.pod === b.pod;
}
