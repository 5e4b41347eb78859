import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { dnscope } from './dnscope.ts';
import type { HostCase } from './hostCase.ts';

export const corefilePlaceCases: readonly HostCase[] = [
  {
    name: 'the live Corefile is a file beside the other keys of its ConfigMap, read-only',
    run: async () => {
      await dnscope().activate();
      await vscode.commands.executeCommand('dnscope.inspectCorefile');
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.uri.scheme, 'dnscope-corefile');
      assert.equal(document.languageId, 'corefile');
      assert.match(document.getText(), /kubernetes|forward|errors/);
      assert.notEqual(vscode.workspace.fs.isWritableFileSystem('dnscope-corefile'), true);
      const folder = vscode.Uri.joinPath(document.uri, '..');
      const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
      assert.ok(names.includes('Corefile'), names.join(', '));
      const { mtime, size } = await vscode.workspace.fs.stat(document.uri);
      assert.equal(size, new TextEncoder().encode(document.getText()).length);
      assert.equal((await vscode.workspace.fs.stat(document.uri)).mtime, mtime);
      await assert.rejects(async () => vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, 'nothing')));
      await assert.rejects(async () => vscode.workspace.fs.writeFile(document.uri, new Uint8Array()));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    },
  },
];
