import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { assertNever } from '../../base/assertNever.ts';
import { ProblemError } from '../../base/problem.ts';
import type { PanelAction } from '../../protocol/webview.ts';
import type { Host } from '../host.ts';
import type { CorefileFileSystem } from '../language/corefileFileSystem.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';
import { exportTrace } from './exportTrace.ts';
import { saveTrace } from './fileCommands.ts';
import type { CommandId } from './ids.ts';
import { openInWireshark } from './openInWireshark.ts';
import { traceDns } from './traceCommands.ts';

export interface ActionDocuments {
  readonly corefiles: CorefileFileSystem;
  readonly plain: PlainDocuments;
  readonly restart: (context: string) => Promise<boolean>;
}

/** What the panel's buttons do. A live trace acts on its own cluster, whatever the tree shows meanwhile. */
export async function runPanelAction(
  host: Host,
  documents: ActionDocuments,
  action: PanelAction,
  trace: OpenTrace,
): Promise<boolean> {
  switch (action.name) {
    case 'stop':
      await trace.stop();
      return true;
    case 'clear':
      await trace.store.clear();
      return true;
    case 'save':
      return saveTrace(host, trace);
    case 'exportRows':
      return exportTrace(host, trace, { lookups: action.lookups, generation: action.generation });
    case 'openInWireshark':
      return openInWireshark(host, trace);
    case 'traceAgain':
      return traceAgain(host, documents, trace);
    case 'watchCoreDns':
      if (trace.isRunning) await trace.stop();
      return traceAgain(host, documents, trace);
    case 'openCapture':
      return run('dnscope.openCapture');
    case 'restartCoreDns':
      return documents.restart(await contextOf(host, trace));
    case 'inspectCorefile':
      await documents.corefiles.open(await contextOf(host, trace));
      return true;
    case 'showInCorefile':
      await documents.corefiles.open(await contextOf(host, trace));
      revealLine(action.line);
      return true;
    case 'setSlowThreshold':
      trace.store.setSlowThreshold(action.nanoseconds);
      return true;
    case 'copy':
      await vscode.env.clipboard.writeText(action.text);
      return true;
    case 'copyDiagnostics':
      return run('dnscope.copyDiagnostics');
    case 'openFindingHelp':
      return openFindingHelp(host, action.finding);
    default:
      return assertNever(action);
  }
}

/** In the editor that was just opened; a line behind its end goes to the last one. */
function revealLine(line: number): void {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const { range } = editor.document.lineAt(Math.max(0, Math.min(line, editor.document.lineCount) - 1));
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function traceAgain(host: Host, documents: ActionDocuments, trace: OpenTrace): Promise<boolean> {
  if (trace.choice === undefined) return run('dnscope.openCapture');
  return (await traceDns(host, documents.plain, trace.choice, { watchCoreDns: true })) !== undefined;
}

async function contextOf(host: Host, trace: OpenTrace): Promise<string> {
  return trace.choice?.context ?? (await host.connection.currentContext());
}

async function run(command: CommandId): Promise<boolean> {
  await vscode.commands.executeCommand(command);
  return true;
}

/** The page on the finding that ships with the extension; its name comes from the webview, so it may only be an id. */
async function openFindingHelp(host: Host, finding: string): Promise<boolean> {
  const uri = vscode.Uri.joinPath(host.extensionUri, 'docs', 'findings', `${finding}.md`);
  const known = /^[a-z0-9-]{1,80}$/.test(finding) && (await exists(uri));
  if (!known) throw new ProblemError({ code: 'no-help', detail: l10n.t('There is no page on this finding yet') });
  await vscode.commands.executeCommand('markdown.showPreview', uri);
  return true;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
