/**
 * Composition root: builds every part once and joins ports to their implementations. Nothing heavy runs here: the
 * Kubernetes client, the trace worker and any cluster load on first use.
 */
import './host/displayLanguage.ts';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { ClusterConnection } from './host/cluster/clusterConnection.ts';
import { ClusterLeases } from './host/cluster/clusterLeases.ts';
import { changeCommands } from './host/commands/changeCommands.ts';
import { clusterCommands } from './host/commands/clusterCommands.ts';
import { corefileCommands } from './host/commands/corefileCommands.ts';
import { fileCommands } from './host/commands/fileCommands.ts';
import { runPanelAction } from './host/commands/panelActions.ts';
import { registerCommands } from './host/commands/registerCommands.ts';
import { traceCommands } from './host/commands/traceCommands.ts';
import type { Host } from './host/host.ts';
import { LazyCorefileParts } from './host/language/lazyCorefileParts.ts';
import { CorefileFileSystem } from './host/language/corefileFileSystem.ts';
import { RememberedLog } from './host/log.ts';
import { Notifier } from './host/notify.ts';
import { TracePanels } from './host/panels/tracePanels.ts';
import { Settings } from './host/settings/settings.ts';
import { offerToStop } from './host/traces/stopOffer.ts';
import { TraceStatusBar } from './host/traces/statusBar.ts';
import { offerLostTraces } from './host/traces/lostTraceOffer.ts';
import { TraceList } from './host/traces/traceList.ts';
import { DnsTree } from './host/views/dnsTree.ts';
import { PlainDocuments } from './host/views/plainDocuments.ts';
import { CorefileHistoryFiles } from './io/corefileHistoryFiles.ts';
import { LostTraceFiles } from './io/lostTraceFiles.ts';
import { TraceWorkerClient } from './io/traceWorkerClient.ts';
import { SystemClock } from './io/systemClock.ts';
import { Wireshark } from './io/wireshark.ts';
import type { KubeConfigSource } from './session/ports.ts';
import { openPodCapture } from './sources/podCapture.ts';

/** What tests inside the extension host look at. */
export interface ExtensionApi {
  readonly tree: DnsTree;
}

let stopTraces: (() => Promise<void>) | undefined;
let endTemporary: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const own = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };

  // What everything stands on
  const log = new RememberedLog(own(vscode.window.createOutputChannel('DNScope', { log: true })));
  log.info(
    'To report a fault: DNS: Copy Diagnostics, in the Command Palette or above this log, leaves names and addresses out',
  );
  const notify = new Notifier(log);
  const settings = own(new Settings());
  const clock = new SystemClock();
  const workerFile = path.join(context.extensionPath, 'dist', 'traceWorker.cjs');
  const keepIn = path.join(context.globalStorageUri.fsPath, 'live-traces');
  const openStore = (): TraceWorkerClient =>
    new TraceWorkerClient(workerFile, { slowNs: settings.slowNs, rowMemory: settings.rowMemory, keepIn });
  const lost = new LostTraceFiles(keepIn, openStore);

  // Clusters
  const leases = own(new ClusterLeases({ clock }));
  const connection = own(
    new ClusterConnection({ openSource: lazyKubeConfig, leases, settings, memory: context.workspaceState }),
  );

  // Traces and their panels
  const traces = own(new TraceList());
  stopTraces = () => {
    // At once: after a reload the next window looks for them while this one still ends its captures.
    lost.leave();
    return traces.stopAll();
  };
  own(new TraceStatusBar(traces));
  const plain = own(new PlainDocuments());

  // Corefiles: live ones are files; what checks and changes them loads on first use
  const corefiles = own(
    new CorefileFileSystem(connection, context.workspaceState, async (write) => (await parts.load()).apply(write)),
  );
  const parts: LazyCorefileParts = own(
    new LazyCorefileParts({
      notify,
      log,
      settings,
      clock,
      connection,
      traces,
      plain,
      files: corefiles,
      memory: context.globalState,
      historyStore: new CorefileHistoryFiles(path.join(context.globalStorageUri.fsPath, 'corefile-history')),
    }),
  );
  endTemporary = async () => parts.loaded?.temporary.stopQuickly();

  const restart = async (name: string): Promise<boolean> => (await parts.load()).restart(name);

  const panels: TracePanels = own(
    new TracePanels({
      extensionUri: context.extensionUri,
      log,
      traces,
      openStore,
      runAction: async (action, trace) =>
        (await notify.guard(runPanelAction(host, { corefiles, plain, restart }, action, trace))) ?? false,
      onClosedWhileRunning: (trace) => void notify.guard(offerToStop(notify, panels, trace)),
    }),
  );
  let { slowNs } = settings;
  const onSettings = (): void => {
    // A trace may have been given its own in its panel; only a change of this setting replaces it.
    if (slowNs === settings.slowNs) return;
    slowNs = settings.slowNs;
    traces.all.forEach((trace) => trace.store.setSlowThreshold(slowNs));
  };
  own(settings.onDidChange(onSettings));
  own(settings.onDidChange(() => settings.problems.forEach((problem) => void notify.problem(problem))));

  // Tree
  const tree = own(
    new DnsTree(connection, {
      onDidChange: [traces.onDidChange, parts.onDidLoad],
      tracing: (name) => traces.watchedIn(name),
      upstreams: (name) => traces.upstreamsIn(name),
      corefileFacts: (model) => parts.loaded?.facts(model),
    }),
  );

  // Commands
  const host: Host = {
    extensionUri: context.extensionUri,
    log,
    recentLog: () => log.lines,
    notify,
    settings,
    memory: context.workspaceState,
    secrets: context.secrets,
    connection,
    traces,
    panels,
    clock,
    viewer: new Wireshark(),
    openStore,
    openCapture: openPodCapture,
  };
  own(
    registerCommands(
      {
        ...traceCommands(host, plain),
        ...fileCommands(host),
        ...clusterCommands(host),
        ...corefileCommands(host, corefiles),
        ...changeCommands(host, () => parts.load()),
      },
      notify,
    ),
  );
  void notify.guard(offerLostTraces(lost, notify));
  return { tree };
}

/** VS Code waits a few seconds for this: long enough to end the captures. What is not reached ends by itself. */
export async function deactivate(): Promise<void> {
  await Promise.all([stopTraces?.(), endTemporary?.()]);
}

/** The client is a chunk of its own, loaded when the first context is asked for. */
function lazyKubeConfig(paths: readonly string[] | undefined): KubeConfigSource {
  const loading = import('./kube/entry.ts').then((kube) => kube.openKubeConfigSource(paths));
  return {
    contexts: async () => (await loading).contexts(),
    open: async (name) => (await loading).open(name),
  };
}
