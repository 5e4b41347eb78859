import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { dnscope, when } from './dnscope.ts';
import type { HostCase } from './hostCase.ts';

const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

export const captureCases: readonly HostCase[] = [
  {
    name: 'opens the sample trace in its editor',
    run: async () => {
      await vscode.commands.executeCommand('dnscope.openSampleTrace');
      const sample = vscode.Uri.joinPath(dnscope().extensionUri, 'examples', 'first-story.pcapng');
      const tab = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
        tabs().find((one) => one.input instanceof vscode.TabInputCustom && one.input.viewType === 'dnscope.capture'),
      );
      assert.ok(tab.input instanceof vscode.TabInputCustom);
      assert.equal(tab.input.uri.fsPath, sample.fsPath);
      await vscode.window.tabGroups.close(tab);
    },
  },
  {
    name: 'opens a folder of captures as one trace',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const captures = vscode.Uri.joinPath(folder, 'dns-captures');
      await vscode.workspace.fs.createDirectory(captures);
      const sample = vscode.Uri.joinPath(dnscope().extensionUri, 'examples', 'first-story.pcapng');
      await vscode.workspace.fs.copy(sample, vscode.Uri.joinPath(captures, 'pod.pcapng'), { overwrite: true });
      await vscode.commands.executeCommand('dnscope.openCaptureFolder', captures);
      const tab = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
        tabs().find((one) => one.input instanceof vscode.TabInputWebview && one.label === 'dns-captures'),
      );
      await vscode.window.tabGroups.close(tab);
      await vscode.workspace.fs.delete(captures, { recursive: true });
    },
  },
];
