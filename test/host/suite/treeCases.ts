import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TreeNode } from '../../../src/host/views/treeNode.ts';
import { dnscope, when } from './dnscope.ts';
import type { HostCase } from './hostCase.ts';

export const treeCases: readonly HostCase[] = [
  {
    name: 'shows the DNS of the cluster that KUBECONFIG names',
    run: async () => {
      const { tree } = await dnscope().activate();
      const children = (node?: TreeNode): readonly TreeNode[] => tree.getChildren(node);
      const [cluster] = await when(tree.onDidChangeTreeData, () => {
        const roots = children();
        return roots[0]?.kind === 'cluster' && roots[0].description !== 'loading…' ? roots : undefined;
      });
      const parts = children(cluster);
      const coreDns = parts.find((node) => node.kind === 'coredns');
      assert.ok(coreDns !== undefined, `no CoreDNS among ${parts.map((node) => node.label).join(', ')}`);
      const kinds = children(coreDns).map((node) => node.kind);
      assert.equal(kinds[0], 'service');
      assert.ok(kinds.includes('dnsPod'));
      assert.ok(parts.some((node) => node.kind === 'corefile'));
      const namespaces = parts.find((node) => node.kind === 'namespaces');
      assert.ok(children(namespaces).some((node) => node.label === 'kube-system'));
      const item = tree.getTreeItem(coreDns);
      assert.equal(item.contextValue, 'coredns');
      assert.equal(typeof item.tooltip, 'string');
    },
  },
  {
    name: 'completes a server key and a namespace from what the connected cluster has',
    run: async () => {
      const document = await vscode.workspace.openTextDocument({
        language: 'corefile',
        content: '.:53 {\n    kubernetes cluster.local {\n        namespaces \n    }\n}\n\n',
      });
      const offered = async (line: number, column: number): Promise<readonly string[]> => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          new vscode.Position(line, column),
        );
        return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      };
      const keys = await offered(5, 0);
      for (const zone of ['cluster.local', 'kube-system.svc.cluster.local', 'kube-dns.kube-system.svc.cluster.local'])
        assert.ok(keys.includes(zone), `${zone} among ${keys.join(' ')}`);
      assert.ok((await offered(2, 19)).includes('kube-system'));
    },
  },
];
