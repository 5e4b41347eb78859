import type { PodRef } from '../cluster/podRef.ts';

/** Every command of the extension with what it takes. The manifest must list exactly these (test/unit/host/manifest.test.ts). */
export interface CommandArguments {
  /** A tree item of a pod, a `{namespace, pod}`, or nothing: then a QuickPick asks. */
  'dnscope.tracePod': [target?: PodRef];
  'dnscope.traceAgain': [];
  'dnscope.stopTrace': [target?: PodRef];
  'dnscope.clearTrace': [];
  'dnscope.saveTrace': [];
  /** A part of an ExportChoice; what is missing is asked for. */
  'dnscope.exportTrace': [choice?: unknown];
  'dnscope.openInWireshark': [];
  'dnscope.showTracePanel': [target?: PodRef];
  'dnscope.focusFilter': [];
  /** Files as the Explorer hands them over: the clicked one and all selected ones. */
  'dnscope.openCapture': [clicked?: unknown, selected?: unknown];
  /** The same under the name that several selected files have in the Explorer. */
  'dnscope.openAsOneTrace': [clicked?: unknown, selected?: unknown];
  /** A folder as the Explorer hands it over; a dialog asks without one. */
  'dnscope.openCaptureFolder': [clicked?: unknown];
  'dnscope.openSampleTrace': [];
  /** A node of the tree; the main Corefile without one. */
  'dnscope.inspectCorefile': [clicked?: unknown];
  /** Rows that a line of a cluster's live Corefile served. */
  'dnscope.showCorefileRows': [where?: unknown];
  /** A rule's code; without one a list of all rules opens. */
  'dnscope.openRuleHelp': [rule?: unknown];
  /** The Corefile in the active editor. */
  'dnscope.applyCorefile': [];
  'dnscope.rollBackCorefile': [];
  /** A node of the tree. */
  'dnscope.corefileHistory': [clicked?: unknown];
  'dnscope.queryLogOn': [];
  'dnscope.cacheOff': [];
  'dnscope.endTemporary': [];
  'dnscope.restartCoreDns': [];
  'dnscope.refresh': [];
  'dnscope.selectContext': [];
  'dnscope.chooseKubeconfig': [];
  'dnscope.copyName': [item?: { readonly copyText?: string }];
  'dnscope.showLog': [];
  'dnscope.copyDiagnostics': [];
  'dnscope.symptomPod': [];
  'dnscope.symptomExternal': [];
}

export type CommandId = keyof CommandArguments;

/** One function a command; a forgotten id is a compile error. Results are ignored by VS Code but serve tests. */
export type CommandHandlers = { readonly [Id in CommandId]: (...args: CommandArguments[Id]) => unknown };

/** Ids of everything else that manifest and code both name. */
export const ViewId = { tree: 'dnscope.tree' } as const;
export const PanelType = { trace: 'dnscope.trace', capture: 'dnscope.capture' } as const;
export const ContextKey = {
  /** A live trace runs. */
  tracing: 'dnscope.tracing',
  /** Something can be stopped, saved, cleared: the active panel holds a trace. */
  panel: 'dnscope.hasTrace',
  /** `none` no kubeconfig, `ready` contexts are known. */
  cluster: 'dnscope.cluster',
} as const;
