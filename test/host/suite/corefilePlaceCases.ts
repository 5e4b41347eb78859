import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { dnscope, when } from './dnscope.ts';
import type { HostCase } from './hostCase.ts';

const CONFIG_MAP = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: kube-system\ndata:\n${data}`;

/** Problems of ours in a document, once there are some that `wanted` accepts. */
function problems(
  uri: vscode.Uri,
  wanted: (all: readonly vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return when(vscode.languages.onDidChangeDiagnostics, () => {
    const all = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'DNScope');
    return wanted(all) ? all : undefined;
  });
}

const isError = ({ severity }: vscode.Diagnostic): boolean => severity === vscode.DiagnosticSeverity.Error;

export const corefilePlaceCases: readonly HostCase[] = [
  {
    name: 'the live Corefile is a file beside the other keys of its ConfigMap',
    run: async () => {
      await dnscope().activate();
      await vscode.commands.executeCommand('dnscope.inspectCorefile');
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.uri.scheme, 'dnscope-corefile');
      assert.equal(document.languageId, 'corefile');
      assert.match(document.getText(), /kubernetes|forward|errors/);
      assert.equal(vscode.workspace.fs.isWritableFileSystem('dnscope-corefile'), true);
      const folder = vscode.Uri.joinPath(document.uri, '..');
      const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
      assert.ok(names.includes('Corefile'), names.join(', '));
      const { mtime, size } = await vscode.workspace.fs.stat(document.uri);
      assert.equal(size, new TextEncoder().encode(document.getText()).length);
      assert.equal((await vscode.workspace.fs.stat(document.uri)).mtime, mtime);
      await assert.rejects(async () => vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, 'nothing')));
      // What stands there already is no change: nothing is asked and nothing written.
      await vscode.workspace.fs.writeFile(document.uri, new TextEncoder().encode(document.getText()));
      await assert.rejects(async () => vscode.workspace.fs.delete(document.uri));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    },
  },
  {
    name: 'a ConfigMap in YAML: the word is marked where it stands, the fix arrives there, the part beside it is judged with it',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const main = vscode.Uri.joinPath(folder, 'dns', 'coredns.yaml');
      const custom = vscode.Uri.joinPath(folder, 'dns', 'custom.yaml');
      const corefile =
        '  Corefile: |\n    .:53 {\n        errors\n        fowrard . 192.0.2.1\n        import custom/*.override\n    }\n';
      await vscode.workspace.fs.writeFile(main, new TextEncoder().encode(CONFIG_MAP('coredns', corefile)));
      const override = CONFIG_MAP('coredns-custom', '  a.override: |\n    log\n    errors\n');
      await vscode.workspace.fs.writeFile(custom, new TextEncoder().encode(override));
      const document = await vscode.workspace.openTextDocument(main);
      const [first] = (await problems(main, (all) => all.some(isError))).filter(isError);
      assert.ok(first !== undefined);
      assert.equal(document.getText(first.range), 'fowrard');
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        main,
        first.range,
      );
      const fix = actions.find((action) => action.edit !== undefined);
      assert.ok(fix?.edit !== undefined);
      await vscode.workspace.applyEdit(fix.edit);
      assert.match(document.getText(), /^ {8}forward \. 192/mu);
      // The main file is only on disk for the other document once it is saved.
      await document.save();
      const other = await vscode.workspace.openTextDocument(custom);
      const [twice] = (await problems(custom, (all) => all.some(isError))).filter(isError);
      assert.ok(twice !== undefined);
      assert.equal(other.getText(twice.range), 'errors');
    },
  },
  {
    name: 'a file that an open Corefile imports is judged inside the block that imports it',
    run: async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder !== undefined);
      const main = vscode.Uri.joinPath(folder, 'imports', 'Corefile');
      const part = vscode.Uri.joinPath(folder, 'imports', 'custom', 'a.corefile');
      const write = (uri: vscode.Uri, text: string): Thenable<void> =>
        vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      await write(part, 'log\nerrors\n');
      await write(main, '.:53 {\n    errors\n    reload\n    import custom/*.corefile\n    import gone\n}\n');
      const document = await vscode.workspace.openTextDocument(main);
      const [missing] = (await problems(main, (all) => all.some(isError))).filter(isError);
      assert.ok(missing !== undefined);
      assert.equal(document.getText(missing.range), 'gone');
      const other = await vscode.workspace.openTextDocument(part);
      const [twice, ...more] = (await problems(part, (all) => all.filter(isError).length === 1)).filter(isError);
      assert.ok(twice !== undefined);
      assert.deepEqual([other.getText(twice.range), more.length], ['errors', 0]);
    },
  },
];
