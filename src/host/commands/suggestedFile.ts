import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../host.ts';

/** Where a save dialog starts: the workspace, else home; `dns-NAME-DAY.EXTENSION`. */
export function suggestedFile(host: Host, name: string, extension: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
  const day = new Date(Number(host.clock.nowNs() / 1_000_000n)).toISOString().slice(0, 10);
  const plain = name.replace(/(\.(pcap|pcapng|cap|tar|tgz|gz|zst))+$/i, '').replace(/[^\w.-]+/g, '-');
  return vscode.Uri.file(path.join(folder, `dns-${plain}-${day}.${extension}`));
}
