import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HostCase } from './hostCase.ts';
import { dnscope } from './dnscope.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly title: string }[] };
}

export const activationCases: readonly HostCase[] = [
  {
    name: 'activates without loading the Kubernetes client',
    run: async () => {
      const extension = dnscope();
      await extension.activate();
      assert.equal(extension.isActive, true);
      assert.deepEqual(loadedChunks(), []);
    },
  },
  {
    name: 'registers every command of its manifest and no other',
    run: async () => {
      const { contributes } = dnscope().packageJSON as Manifest;
      const listed = contributes.commands.map((one) => one.command).sort();
      const registered = (await vscode.commands.getCommands(true)).filter(
        (id) => id.startsWith('dnscope.') && !id.startsWith('dnscope.tree.'),
      );
      assert.deepEqual(registered.sort(), listed);
    },
  },
  {
    name: 'knows a Corefile by its name and marks what CoreDNS would refuse',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const uri = vscode.Uri.joinPath(folder, 'Corefile');
      const text = '. {\n    errors\n    fowrard . 192.0.2.1\n}\n';
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      const marked = new Promise<void>((resolve) => {
        const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
          if (!uris.some((one) => String(one) === String(uri)) || vscode.languages.getDiagnostics(uri).length === 0)
            return;
          listening.dispose();
          resolve();
        });
      });
      const document = await vscode.workspace.openTextDocument(uri);
      assert.equal(document.languageId, 'corefile');
      await marked;
      const diagnostics = vscode.languages.getDiagnostics(uri);
      const first = diagnostics.find((one) => one.severity === vscode.DiagnosticSeverity.Error);
      assert.equal(first?.source, 'DNScope');
      assert.equal(first.range.start.line, 2);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        first.range,
      );
      const fix = actions.find((action) => action.edit !== undefined);
      assert.ok(fix?.edit !== undefined, 'the misspelt plugin has a quick fix');
      await vscode.workspace.applyEdit(fix.edit);
      assert.match(document.getText(), /forward \. 192\.0\.2\.1/);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    },
  },
];

/** Chunks of ours that this extension host has loaded beside the extension itself. */
function loadedChunks(): readonly string[] {
  // The bundle is CommonJS: its cache tells what was loaded.
  const { cache } = require;
  return Object.keys(cache).filter((file) => /[\\/]dist[\\/]kube\.cjs$/.test(file));
}
