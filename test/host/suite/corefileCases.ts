/** The Corefile as a language, asked through VS Code's own commands. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HostCase } from './hostCase.ts';

const FILE = `# DNS of the cluster
(common) {
    errors
}
.:53 {
    import common
    kubernetes cluster.local {
        pods insecure
    }
    forward . 192.0.2.53
    cache 30s
}
`;

interface Open {
  readonly document: vscode.TextDocument;
  readonly uri: vscode.Uri;
  /** Behind the first occurrence of `text`, or `by` characters further. */
  readonly after: (text: string, by?: number) => vscode.Position;
}

/** A file of its own for each case, closed at the end without a question. */
async function withCorefile(name: string, text: string, use: (open: Open) => Promise<void>): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder !== undefined);
  const uri = vscode.Uri.joinPath(folder, `${name}.corefile`);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  assert.equal(document.languageId, 'corefile');
  const after = (part: string, by = 0): vscode.Position => {
    const at = document.getText().indexOf(part);
    assert.ok(at !== -1, part);
    return document.positionAt(at + part.length + by);
  };
  try {
    await use({ document, uri, after });
  } finally {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(uri);
  }
}

const labelOf = ({ label }: vscode.CompletionItem): string => (typeof label === 'string' ? label : label.label);

async function completions(uri: vscode.Uri, position: vscode.Position): Promise<readonly vscode.CompletionItem[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    uri,
    position,
  );
  // Without word suggestions: those would be there in any language.
  return list.items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Text);
}

/** Diagnostics of a document once there are some. */
function diagnosed(uri: vscode.Uri): Promise<readonly vscode.Diagnostic[]> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const found = vscode.languages.getDiagnostics(uri);
      if (found.length > 0) resolve(found);
      return found.length > 0;
    };
    if (look()) return;
    const listening = vscode.languages.onDidChangeDiagnostics(() => {
      if (look()) listening.dispose();
    });
  });
}

async function configured(name: string, value: unknown, use: () => Promise<void>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('dnscope');
  await configuration.update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await use();
  } finally {
    await configuration.update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

export const corefileCases: readonly HostCase[] = [
  {
    name: 'completes plugins, options, choices and snippets of a Corefile',
    run: () =>
      withCorefile('completion', `${FILE}example.org {\n    \n}\n`, async ({ uri, after }) => {
        const plugins = (await completions(uri, after('example.org {\n    '))).map(labelOf);
        assert.ok(plugins.includes('forward') && plugins.includes('errors') && plugins.includes('import'));
        assert.ok(!plugins.includes('pods'));
        const inBlock = (await completions(uri, after('    import common\n', 4))).map(labelOf);
        assert.ok(!inBlock.includes('cache'), 'cache is there already');
        assert.deepEqual((await completions(uri, after('pods ins'))).map(labelOf).sort(), [
          'disabled',
          'insecure',
          'verified',
        ]);
        assert.deepEqual((await completions(uri, after('import '))).map(labelOf), ['common']);
      }),
  },
  {
    name: 'tells what a plugin does, and which argument is being written',
    run: () =>
      withCorefile('hover', FILE, async ({ uri, after }) => {
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          uri,
          after('forw'),
        );
        const text = hovers
          .flatMap(({ contents }) => contents)
          .map((part) => (typeof part === 'string' ? part : part.value))
          .join('\n');
        assert.match(text, /forward FROM TO/);
        assert.match(text, /https:\/\/coredns\.io\/plugins\/forward\//);
        const help = await vscode.commands.executeCommand<vscode.SignatureHelp>(
          'vscode.executeSignatureHelpProvider',
          uri,
          after('forward . '),
        );
        assert.equal(help.signatures[0]?.label, 'forward FROM TO…');
        assert.equal(help.activeParameter, 1);
      }),
  },
  {
    name: 'outlines and folds a Corefile',
    run: () =>
      withCorefile('outline', FILE, async ({ uri }) => {
        const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
          'vscode.executeDocumentSymbolProvider',
          uri,
        );
        assert.deepEqual(
          symbols.map(({ name, children }) => [name, children.map((child) => child.name)]),
          [
            ['(common)', ['errors']],
            ['.:53', ['import', 'kubernetes', 'forward', 'cache']],
          ],
        );
        const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
          'vscode.executeFoldingRangeProvider',
          uri,
        );
        assert.deepEqual(
          folds.map(({ start, end }) => [start, end]),
          [
            [1, 2],
            [4, 10],
            [6, 7],
          ],
        );
      }),
  },
  {
    name: 'formats a Corefile and leaves one alone that CoreDNS can’t read',
    run: async () => {
      const format = (uri: vscode.Uri): Thenable<vscode.TextEdit[] | undefined> =>
        vscode.commands.executeCommand('vscode.executeFormatDocumentProvider', uri, {
          insertSpaces: true,
          tabSize: 4,
        });
      await withCorefile('format', '. {\nerrors  # all\n\n\n\tcache   30\n}', async ({ document, uri }) => {
        const edit = new vscode.WorkspaceEdit();
        edit.set(uri, (await format(uri)) ?? []);
        assert.ok(await vscode.workspace.applyEdit(edit));
        assert.equal(document.getText(), '. {\n    errors # all\n\n    cache 30\n}\n');
      });
      await withCorefile('broken', '. {\n  errors\n', async ({ uri }) => {
        assert.deepEqual((await format(uri)) ?? [], []);
      });
    },
  },
  {
    name: 'finds, follows and renames snippets, and refuses a name that can’t be',
    run: () =>
      withCorefile('snippets', FILE, async ({ document, uri, after }) => {
        const definitions = await vscode.commands.executeCommand<vscode.Location[]>(
          'vscode.executeDefinitionProvider',
          uri,
          after('import com'),
        );
        assert.equal(definitions[0]?.range.start.line, 1);
        const references = await vscode.commands.executeCommand<vscode.Location[]>(
          'vscode.executeReferenceProvider',
          uri,
          after('(com'),
        );
        assert.equal(references.length, 2);
        const rename = (name: string): Thenable<vscode.WorkspaceEdit> =>
          vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', uri, after('import com'), name);
        await assert.rejects(async () => rename('two words'), /name has no blanks/);
        assert.ok(await vscode.workspace.applyEdit(await rename('shared')));
        assert.match(document.getText(), /^\(shared\) \{[^]*import shared$/m);
        assert.doesNotMatch(document.getText(), /common/);
      }),
  },
  {
    name: 'follows an import to the files beside the Corefile',
    run: () =>
      withCorefile('imports', '. {\n    import extra-*.conf\n}\n', async ({ uri, after }) => {
        const extra = vscode.Uri.joinPath(uri, '..', 'extra-1.conf');
        await vscode.workspace.fs.writeFile(extra, new TextEncoder().encode('errors\n'));
        const found = await vscode.commands.executeCommand<vscode.Location[]>(
          'vscode.executeDefinitionProvider',
          uri,
          after('import ext'),
        );
        await vscode.workspace.fs.delete(extra);
        assert.deepEqual(
          found.map((location) => String(location.uri)),
          [String(extra)],
        );
      }),
  },
  {
    name: 'shows the order of execution only when it is asked for',
    run: () =>
      withCorefile('order', FILE, async ({ document, uri }) => {
        const hints = (): Thenable<vscode.InlayHint[] | undefined> =>
          vscode.commands.executeCommand(
            'vscode.executeInlayHintProvider',
            uri,
            new vscode.Range(0, 0, document.lineCount, 0),
          );
        assert.deepEqual((await hints()) ?? [], []);
        await configured('corefile.executionOrder', true, async () => {
          assert.deepEqual(
            ((await hints()) ?? []).map(({ label }) => label),
            ['3rd', '4th', '2nd'],
          );
        });
      }),
  },
  {
    name: 'colours words by what they mean',
    run: () =>
      withCorefile('tokens', FILE, async ({ uri }) => {
        const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>(
          'vscode.provideDocumentSemanticTokensLegend',
          uri,
        );
        const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>(
          'vscode.provideDocumentSemanticTokens',
          uri,
        );
        assert.ok(legend.tokenTypes.includes('corefilePlugin'));
        assert.ok(tokens.data.length > 0 && tokens.data.length % 5 === 0);
      }),
  },
  {
    name: 'fixes, ignores with a reason, and fixes all at once',
    run: () =>
      withCorefile('actions', FILE, async ({ document, uri, after }) => {
        const problem = (await diagnosed(uri)).find(({ code }) => typeof code === 'object' && code.value === 'CF401');
        assert.ok(problem !== undefined, 'cache 30s is a zone to CoreDNS');
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          uri,
          problem.range,
        );
        const titles = actions.map(({ title }) => title);
        assert.ok(titles.includes('Ignore CF401 here'), titles.join(', '));
        const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          uri,
          new vscode.Range(0, 0, document.lineCount, 0),
          'source.fixAll.dnscope',
        );
        assert.equal(all.length, 1);
        assert.ok(all[0]?.edit !== undefined && (await vscode.workspace.applyEdit(all[0].edit)));
        assert.match(document.lineAt(after('cache 30')).text, /cache 30$/);
      }),
  },
  {
    name: 'takes severities and the CoreDNS release from the settings',
    run: async () => {
      const severityOf = async (uri: vscode.Uri, rule: string): Promise<vscode.DiagnosticSeverity | undefined> =>
        (await diagnosed(uri)).find(({ code }) => typeof code === 'object' && code.value === rule)?.severity;
      await configured('lint.severities', { CF401: 'hint' }, () =>
        withCorefile('severity', FILE, async ({ uri }) => {
          assert.equal(await severityOf(uri, 'CF401'), vscode.DiagnosticSeverity.Hint);
        }),
      );
      await configured('lint.coreDnsVersion', '1.4.0', () =>
        withCorefile('release', '. {\n    \n    view a {\n    }\n}\n', async ({ uri, after }) => {
          assert.ok((await diagnosed(uri)).some(({ severity }) => severity === vscode.DiagnosticSeverity.Error));
          assert.ok((await completions(uri, after('. {\n    '))).map(labelOf).includes('proxy'));
        }),
      );
    },
  },
];
