/**
 * Composition root: builds every part once and joins ports to their implementations. Nothing heavy runs here: the
 * Kubernetes client, the trace worker and any cluster load on first use.
 */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { clusterZones } from './core/corefile/language/clusterZones.ts';
import { ClusterConnection } from './host/cluster/clusterConnection.ts';
import { ClusterLeases } from './host/cluster/clusterLeases.ts';
import { CorefileChanges, saveError } from './host/changes/corefileChanges.ts';
import { restart } from './host/changes/restart.ts';
import { TemporaryChanges } from './host/changes/temporaryChanges.ts';
import { changeCommands } from './host/commands/changeCommands.ts';
import { clusterCommands } from './host/commands/clusterCommands.ts';
import { corefileCommands } from './host/commands/corefileCommands.ts';
import { fileCommands } from './host/commands/fileCommands.ts';
import { runPanelAction } from './host/commands/panelActions.ts';
import { registerCommands } from './host/commands/registerCommands.ts';
import { traceCommands } from './host/commands/traceCommands.ts';
import type { Host } from './host/host.ts';
import { CorefileActions } from './host/language/corefileActions.ts';
import { CorefileCheck } from './host/language/corefileCheck.ts';
import { CorefileDiagnostics } from './host/language/corefileDiagnostics.ts';
import { CorefileFileSystem } from './host/language/corefileFileSystem.ts';
import { CorefileLanguage } from './host/language/corefileLanguage.ts';
import { CorefileRegions } from './host/language/corefileRegions.ts';
import { CorefileTraffic } from './host/language/corefileTraffic.ts';
import { ImportRegions } from './host/language/importRegions.ts';
import { LiveRegions } from './host/language/liveRegions.ts';
import { ManifestFiles } from './host/language/manifestFiles.ts';
import { YamlRegions } from './host/language/yamlRegions.ts';
import { Notifier } from './host/notify.ts';
import { TracePanels } from './host/panels/tracePanels.ts';
import { Settings } from './host/settings/settings.ts';
import { TraceStatusBar } from './host/traces/statusBar.ts';
import { TraceList } from './host/traces/traceList.ts';
import { DnsTree } from './host/views/dnsTree.ts';
import { PlainDocuments } from './host/views/plainDocuments.ts';
import { TraceWorkerClient } from './io/traceWorkerClient.ts';
import { SystemClock } from './io/systemClock.ts';
import type { TemporaryMark } from './session/corefileChangeTypes.ts';
import type { KubeConfigSource } from './session/ports.ts';
import type { TraceStore } from './session/traceStore.ts';
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
  const log = own(vscode.window.createOutputChannel('DNScope', { log: true }));
  const notify = new Notifier(log);
  const settings = own(new Settings());
  const clock = new SystemClock();
  const workerFile = path.join(context.extensionPath, 'dist', 'traceWorker.cjs');
  const openStore = (): TraceStore => new TraceWorkerClient(workerFile, { slowNs: settings.slowNs });

  // Clusters
  const leases = own(new ClusterLeases({ clock }));
  const connection = own(
    new ClusterConnection({ openSource: lazyKubeConfig, leases, settings, memory: context.workspaceState }),
  );

  // Traces and their panels
  const traces = own(new TraceList());
  stopTraces = () => traces.stopAll();
  own(new TraceStatusBar(traces));
  const plain = own(new PlainDocuments());

  // Corefiles of a cluster and their changes
  const memory = context.globalState;
  const changes: CorefileChanges = own(
    new CorefileChanges({
      notify,
      clock,
      connection,
      plain,
      memory,
      openPart: (name, map) => corefiles.openMap(name, map),
      restart: (name) => restart({ notify, clock, connection }, name),
    }),
  );
  const corefiles = own(
    new CorefileFileSystem(connection, ({ context: name, place, text, base }) =>
      changes.apply(name, { place, text, base }).catch((error: unknown) => {
        throw saveError(error);
      }),
    ),
  );
  const { history } = changes;
  const propose = (name: string, { place, proposal }: Pick<TemporaryMark, 'place' | 'proposal'>): Promise<void> =>
    corefiles.open(name, place, proposal);
  const temporary = own(new TemporaryChanges({ notify, log, clock, connection, memory, history, propose }));
  endTemporary = () => temporary.stopQuickly();

  const panels: TracePanels = own(
    new TracePanels({
      extensionUri: context.extensionUri,
      log,
      traces,
      openStore,
      runAction: async (action, trace) =>
        (await notify.guard(runPanelAction(host, { corefiles, plain }, action, trace))) ?? false,
      onClosedWhileRunning: (trace) => void notify.guard(offerToStop(notify, panels, trace)),
    }),
  );
  own(settings.onDidChange(() => traces.all.forEach((trace) => trace.store.setSlowThreshold(settings.slowNs))));
  own(settings.onDidChange(() => settings.problems.forEach((problem) => void notify.problem(problem))));

  // Tree and language
  const check = new CorefileCheck(settings);
  const places = [new LiveRegions(corefiles), new YamlRegions(own(new ManifestFiles())), new ImportRegions()].map(own);
  const regions = own(new CorefileRegions(places));
  own(new CorefileLanguage({ regions, settings, zones: () => zonesOf(connection) }));
  own(new CorefileActions(own(new CorefileDiagnostics(regions, settings))));
  own(new CorefileTraffic(traces, (uri) => corefiles.contextOf(uri)));
  const tree = own(
    new DnsTree(connection, {
      onDidChange: [traces.onDidChange],
      tracing: (name) => traces.watchedIn(name),
      upstreams: (name) => traces.upstreamsIn(name),
      corefileFacts: (model) => check.facts(model),
    }),
  );

  // Commands
  const host: Host = {
    extensionUri: context.extensionUri,
    log,
    notify,
    settings,
    memory: context.workspaceState,
    connection,
    traces,
    panels,
    clock,
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
        ...changeCommands(host, { changes, temporary, plain }),
      },
      notify,
    ),
  );
  return { tree };
}

/** VS Code waits a few seconds for this: long enough to end the captures. What is not reached ends by itself. */
export async function deactivate(): Promise<void> {
  await Promise.all([stopTraces?.(), endTemporary?.()]);
}

/** Zones to complete in Corefiles; nothing connects for them. */
function zonesOf({ state }: ClusterConnection): readonly string[] {
  return state.kind === 'open' ? clusterZones(state.lease.model.topology) : [];
}

/** The client is a chunk of its own, loaded when the first context is asked for. */
function lazyKubeConfig(paths: readonly string[] | undefined): KubeConfigSource {
  const loading = import('./kube/entry.ts').then((kube) => kube.openKubeConfigSource(paths));
  return {
    contexts: async () => (await loading).contexts(),
    open: async (name) => (await loading).open(name),
  };
}

async function offerToStop(
  notify: Notifier,
  panels: TracePanels,
  trace: Parameters<TracePanels['show']>[0],
): Promise<void> {
  const choices = [{ label: 'Stop Trace', value: 'stop' } as const, { label: 'Show Panel', value: 'show' } as const];
  const answer = await notify.info<'stop' | 'show'>(`The trace of ${trace.name} goes on`, choices);
  if (answer === 'stop') await trace.stop();
  if (answer === 'show') panels.show(trace);
}
