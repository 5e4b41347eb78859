import type * as vscode from 'vscode';
import type { OpenCapture } from '../session/trace/capturePort.ts';
import type { Clock } from '../session/ports.ts';
import type { PacketViewer } from '../session/trace/packetViewer.ts';
import type { TraceStore } from '../session/trace/traceStore.ts';
import type { ClusterConnection } from './cluster/clusterConnection.ts';
import type { Notifier } from './notify.ts';
import type { TracePanels } from './panels/tracePanels.ts';
import type { Settings } from './settings/settings.ts';
import type { TraceList } from './traces/traceList.ts';
import type { Log, LogLine } from './log.ts';

/** What commands work with; put together once, in extension.ts. */
export interface Host {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  /** Its latest lines, oldest first. */
  readonly recentLog: () => readonly LogLine[];
  readonly notify: Notifier;
  readonly settings: Settings;
  /** Of this workspace. */
  readonly memory: vscode.Memento;
  /** Of this user, on this machine. */
  readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store'>;
  readonly connection: ClusterConnection;
  readonly traces: TraceList;
  readonly panels: TracePanels;
  readonly clock: Clock;
  readonly viewer: PacketViewer;
  readonly openStore: () => TraceStore;
  readonly openCapture: OpenCapture;
}
