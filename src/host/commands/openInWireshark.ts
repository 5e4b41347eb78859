/** The packets of a trace in Wireshark: the capture file itself where the trace is one, else what was captured so far, written for the purpose. */
import * as l10n from '@vscode/l10n';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import type { CommandId } from './ids.ts';
import { suggestedFile } from './suggestedFile.ts';

const SETTING = 'dnscope.wiresharkPath';

/** `true`: it was handed over. */
export async function openInWireshark(host: Host, trace: OpenTrace): Promise<boolean> {
  const isRemote = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
  // What is on the far machine has no screen, unless the user says so.
  const program = host.settings.wiresharkPath ?? (isRemote ? undefined : host.viewer.find());
  if (program === undefined && isRemote) return tellRemote(host);
  const file = captureFile(trace) ?? (await written(host, trace));
  if (file === undefined) return false;
  if (program === undefined) return tellMissing(host, file);
  await host.viewer.open(program, file);
  return true;
}

async function tellMissing({ notify }: Host, file: string): Promise<boolean> {
  const answer = await notify.problem<'default' | 'copy' | 'settings'>(
    {
      code: 'no-wireshark',
      detail: l10n.t('Wireshark was not found on this machine'),
      recover: l10n.t('Install it from wireshark.org, or set {0}. The capture is {1}', SETTING, file),
    },
    [
      { label: l10n.t('Open with Default App'), value: 'default' },
      { label: l10n.t('Copy Path'), value: 'copy' },
      { label: l10n.t('Open Settings'), value: 'settings' },
    ],
  );
  if (answer === 'copy') await vscode.env.clipboard.writeText(file);
  if (answer === 'settings') await vscode.commands.executeCommand('workbench.action.openSettings', SETTING);
  return answer === 'default' && vscode.env.openExternal(vscode.Uri.file(file));
}

async function tellRemote({ notify }: Host): Promise<boolean> {
  const answer = await notify.problem<'save'>(
    {
      code: 'no-wireshark',
      detail: l10n.t('Wireshark runs on your machine, and this trace is on the one that the window is connected to'),
      recover: l10n.t('Save it into the workspace, then choose Download… in the Explorer'),
    },
    [{ label: l10n.t('Save Trace As…'), value: 'save' }],
  );
  if (answer === 'save') await vscode.commands.executeCommand('dnscope.saveTrace' satisfies CommandId);
  return false;
}

/** `undefined` when the trace is several files, or none that Wireshark takes as it is. */
function captureFile({ restore }: OpenTrace): string | undefined {
  if (restore.kind !== 'files' || restore.paths.length !== 1) return undefined;
  return restore.paths.find((file) => /\.(pcap|pcapng|cap)\d*(\.gz)?$/iu.test(file));
}

/** Why not `save`: what is saved is not offered after a crash, and this file is nobody's. */
async function written(host: Host, trace: OpenTrace): Promise<string | undefined> {
  const file = host.viewer.temporaryFile(path.basename(suggestedFile(host, trace.name, 'pcapng').fsPath));
  const result = await host.notify.progress(l10n.t('Writing the packets of {0}', trace.name), (signal) =>
    trace.store.export(file, { format: 'pcapng', filter: '' }, { signal }),
  );
  return result === undefined ? undefined : file;
}
