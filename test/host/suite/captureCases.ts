import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { tarArchive } from '../../support/tarBuilder.ts';
import { dnscope, when } from './dnscope.ts';
import type { HostCase } from './hostCase.ts';

const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

const sample = (): vscode.Uri => vscode.Uri.joinPath(dnscope().extensionUri, 'examples', 'first-story.pcapng');

export const captureCases: readonly HostCase[] = [
  {
    name: 'opens the sample trace in its editor',
    run: async () => {
      await vscode.commands.executeCommand('dnscope.openSampleTrace');
      const tab = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
        tabs().find((one) => one.input instanceof vscode.TabInputCustom && one.input.viewType === 'dnscope.capture'),
      );
      assert.ok(tab.input instanceof vscode.TabInputCustom);
      assert.equal(tab.input.uri.fsPath, sample().fsPath);
      await vscode.window.tabGroups.close(tab);
    },
  },
  {
    name: 'opens an archive of captures in the trace editor, whatever it is called',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const archive = vscode.Uri.joinPath(folder, 'retina-capture-node-1-20260101120000UTC.tar.gz');
      const data = await vscode.workspace.fs.readFile(sample());
      await vscode.workspace.fs.writeFile(archive, gzipSync(tarArchive([{ name: 'pod.pcapng', data }])));
      await vscode.commands.executeCommand('dnscope.openCapture', archive);
      const tab = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
        tabs().find((one) => one.input instanceof vscode.TabInputCustom && one.input.viewType === 'dnscope.capture'),
      );
      assert.ok(tab.input instanceof vscode.TabInputCustom);
      assert.equal(tab.input.uri.fsPath, archive.fsPath);
      await vscode.window.tabGroups.close(tab);
      await vscode.workspace.fs.delete(archive);
    },
  },
  {
    name: 'opens a folder of captures as one trace',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const captures = vscode.Uri.joinPath(folder, 'dns-captures');
      await vscode.workspace.fs.createDirectory(captures);
      await vscode.workspace.fs.copy(sample(), vscode.Uri.joinPath(captures, 'pod.pcapng'), { overwrite: true });
      await vscode.commands.executeCommand('dnscope.openCaptureFolder', captures);
      const tab = await when(vscode.window.tabGroups.onDidChangeTabs, () =>
        tabs().find((one) => one.input instanceof vscode.TabInputWebview && one.label === 'dns-captures'),
      );
      await vscode.window.tabGroups.close(tab);
      await vscode.workspace.fs.delete(captures, { recursive: true });
    },
  },
  {
    name: 'exports the trace that is open, whole and redacted, and asks for nothing that was said',
    run: async () => {
      await vscode.commands.executeCommand('dnscope.openSampleTrace');
      const folder = await mkdtemp(path.join(tmpdir(), 'dnscope-export-'));
      const rows = async (name: string, redacted: boolean): Promise<readonly string[]> => {
        const file = path.join(folder, name);
        const choice = { format: 'csv', redacted, file };
        // The file is being read meanwhile: what two exports agree on is all of it.
        for (let before = 1; ;) {
          assert.equal(await vscode.commands.executeCommand('dnscope.exportTrace', choice), true);
          const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
          if (lines.length > 1 && lines.length === before) return lines;
          before = lines.length;
        }
      };
      const clear = await rows('clear.csv', false);
      const redacted = await rows('redacted.csv', true);
      assert.equal(redacted.length, clear.length);
      assert.match(clear.join(), /order-service/);
      assert.doesNotMatch(redacted.join(), /order-service|shop/);
      await rm(folder, { recursive: true, force: true });
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    },
  },
];
