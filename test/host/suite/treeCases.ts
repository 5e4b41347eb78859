import assert from 'node:assert/strict';
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
];
