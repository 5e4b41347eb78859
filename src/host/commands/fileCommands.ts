import * as l10n from '@vscode/l10n';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { ProblemError } from '../../base/problem.ts';
import type { Host } from '../host.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import { exportTrace } from './exportTrace.ts';
import { type CommandHandlers, PanelType } from './ids.ts';
import { openInWireshark } from './openInWireshark.ts';
import { suggestedFile } from './suggestedFile.ts';

type FileCommand =
  | 'dnscope.openCapture'
  | 'dnscope.openAsOneTrace'
  | 'dnscope.openCaptureFolder'
  | 'dnscope.openSampleTrace'
  | 'dnscope.saveTrace'
  | 'dnscope.exportTrace'
  | 'dnscope.openInWireshark'
  | 'dnscope.clearTrace'
  | 'dnscope.focusFilter';

const CAPTURES = {
  [l10n.t('Packet captures')]: ['pcap', 'pcapng', 'cap', 'gz', 'zst', 'tar', 'tgz'],
  [l10n.t('All files')]: ['*'],
};
const SAMPLE = ['examples', 'first-story.pcapng'] as const;

export function fileCommands(host: Host): Pick<CommandHandlers, FileCommand> {
  const openCapture = async (clicked: unknown, selected: unknown): Promise<void> => {
    const given = fileUris(selected).length > 0 ? fileUris(selected) : fileUris([clicked]);
    const uris = given.length > 0 ? given : await pickFiles();
    if (uris.length > 0) await openFiles(host, uris);
  };
  return {
    'dnscope.openCapture': openCapture,
    'dnscope.openAsOneTrace': openCapture,
    // Why not one dialog: on Linux and Windows it shows files or folders, never both.
    'dnscope.openCaptureFolder': async (clicked) => {
      const given = fileUris([clicked]);
      const uris = given.length > 0 ? given : await pickFolders();
      if (uris.length > 0) await openFiles(host, uris);
    },
    'dnscope.openSampleTrace': async () => {
      const uri = vscode.Uri.joinPath(host.extensionUri, ...SAMPLE);
      await vscode.workspace.fs.stat(uri).then(undefined, () => {
        throw new ProblemError({
          code: 'sample-missing',
          detail: l10n.t('The sample trace is not part of this build'),
          recover: l10n.t('Install the released extension, or open a capture of your own'),
        });
      });
      await openFiles(host, [uri]);
    },
    'dnscope.saveTrace': async () => saveTrace(host, activeTrace(host)),
    'dnscope.exportTrace': async (choice) => exportTrace(host, activeTrace(host), choice),
    'dnscope.openInWireshark': async () => openInWireshark(host, activeTrace(host)),
    'dnscope.clearTrace': () => host.traces.active?.store.clear(),
    'dnscope.focusFilter': () => host.panels.active?.push({ kind: 'focus/filter' }),
  };
}

function activeTrace({ traces }: Host): OpenTrace {
  const { active } = traces;
  if (active !== undefined) return active;
  throw new ProblemError({
    code: 'no-trace',
    detail: l10n.t('No trace is open'),
    recover: l10n.t('Trace a pod or open a capture first'),
  });
}

/** One file opens in its editor (which VS Code restores by itself); several, and folders, are merged by time into one panel. */
async function openFiles(host: Host, uris: readonly vscode.Uri[]): Promise<void> {
  const [first] = uris;
  if (uris.some((uri) => uri.scheme !== 'file')) {
    throw new ProblemError({
      code: 'file-not-local',
      detail: l10n.t('Captures open from disk only, and this one is on a virtual file system'),
      recover: l10n.t('Save it to a folder first'),
    });
  }
  if (uris.length === 1 && first !== undefined && !(await isFolder(first)))
    await vscode.commands.executeCommand('vscode.openWith', first, PanelType.capture);
  else host.panels.openFiles(uris.map((uri) => uri.fsPath));
}

/** Writes everything captured so far. `true`: written. */
export async function saveTrace(host: Host, trace: OpenTrace): Promise<boolean> {
  const target = await vscode.window.showSaveDialog({
    title: l10n.t('Save Trace As'),
    defaultUri: suggestedFile(host, trace.name, 'pcapng'),
    filters: { [l10n.t('Packet capture (pcapng)')]: ['pcapng'] },
  });
  if (target === undefined) return false;
  const { packets } = await trace.store.save(target.fsPath);
  const open = host.notify.info(
    plural(l10n.t('Saved {0} packet to {1}|Saved {0} packets to {1}'), packets, packets, path.basename(target.fsPath)),
    [{ label: l10n.t('Open'), value: true }],
  );
  void host.notify.guard(open.then((answer) => (answer === true ? openFiles(host, [target]) : undefined)));
  return true;
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  // What does not exist says so when it is opened.
  const stat = await vscode.workspace.fs.stat(uri).then(undefined, () => undefined);
  return stat !== undefined && (stat.type & vscode.FileType.Directory) !== 0;
}

async function pickFolders(): Promise<readonly vscode.Uri[]> {
  return (
    (await vscode.window.showOpenDialog({
      title: l10n.t('Open Folder of Captures'),
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: true,
      openLabel: l10n.t('Open Captures'),
    })) ?? []
  );
}

async function pickFiles(): Promise<readonly vscode.Uri[]> {
  return (
    (await vscode.window.showOpenDialog({
      title: l10n.t('Open Capture File'),
      canSelectMany: true,
      filters: CAPTURES,
      openLabel: l10n.t('Open Capture'),
    })) ?? []
  );
}

function fileUris(value: unknown): readonly vscode.Uri[] {
  return Array.isArray(value) ? value.filter((one): one is vscode.Uri => one instanceof vscode.Uri) : [];
}
