import * as l10n from '@vscode/l10n';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CorefileFacts, CorefilePartFacts, TreeNode } from './treeNode.ts';

type Counts = Pick<CorefilePartFacts, 'errors' | 'warnings'>;

/** The main Corefile with the parts around it below, each with its problems; parts alone where there is no main one. */
export function corefileNodes(parent: string, { parts }: CorefileFacts): readonly TreeNode[] {
  const main = parts.find(({ isMain }) => isMain);
  const others = parts.filter((part) => part !== main);
  if (main === undefined) return others.map((part) => partNode(`${parent}/corefile`, part));
  const sum: Counts = {
    errors: parts.reduce((total, { errors }) => total + errors, 0),
    warnings: parts.reduce((total, { warnings }) => total + warnings, 0),
  };
  const node = partNode(`${parent}/corefile`, main);
  return [
    {
      ...node,
      ...colorOf(sum),
      label: 'Corefile',
      description: countText(sum),
      ...(others.length === 0
        ? {}
        : { expand: 'open' as const, children: () => others.map((part) => partNode(`${parent}/corefile`, part)) }),
    },
  ];
}

function partNode(parent: string, { place, errors, warnings }: CorefilePartFacts): TreeNode {
  const count = countText({ errors, warnings });
  return {
    id: `${parent}/${place.name}/${place.key}`,
    label: visibleText(place.key),
    description: visibleText(`${place.name} · ${count}`),
    tooltip: visibleText(`${l10n.t('ConfigMap {0}/{1}, key {2}', place.namespace, place.name, place.key)}\n${count}`),
    icon: 'file-code',
    ...colorOf({ errors, warnings }),
    kind: 'corefile',
    command: 'dnscope.inspectCorefile',
    place,
    copyText: `${place.namespace}/${place.name}`,
  };
}

function countText({ errors, warnings }: Counts): string {
  const parts = [
    ...(errors > 0 ? [plural(l10n.t('{0} error|{0} errors'), errors)] : []),
    ...(warnings > 0 ? [plural(l10n.t('{0} warning|{0} warnings'), warnings)] : []),
  ];
  return parts.length === 0 ? l10n.t('no problems') : parts.join(', ');
}

function colorOf({ errors, warnings }: Counts): Pick<TreeNode, 'color'> {
  if (errors > 0) return { color: 'error' };
  return warnings > 0 ? { color: 'warning' } : {};
}
