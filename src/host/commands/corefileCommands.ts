import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import type { Host } from '../host.ts';
import type { CorefileFileSystem } from '../language/corefileFileSystem.ts';
import type { TreeNode } from '../views/treeNode.ts';
import type { CommandHandlers } from './ids.ts';

type CorefileCommand = 'dnscope.inspectCorefile' | 'dnscope.showCorefileRows' | 'dnscope.openRuleHelp';

export function corefileCommands(host: Host, files: CorefileFileSystem): Pick<CommandHandlers, CorefileCommand> {
  return {
    'dnscope.inspectCorefile': async (clicked) => files.open(await host.connection.currentContext(), placeIn(clicked)),
    'dnscope.showCorefileRows': (where) => showRows(host, where),
    'dnscope.openRuleHelp': async (rule) => openRuleHelp(host, rule),
  };
}

/** From the count over a line of the live Corefile. Anyone can run a command with anything. */
async function showRows(host: Host, where: unknown): Promise<boolean> {
  const { context, line } = (typeof where === 'object' && where !== null ? where : {}) as Record<string, unknown>;
  const known = typeof context === 'string' && typeof line === 'number' && Number.isSafeInteger(line);
  const trace = known ? host.traces.latestIn(context) : undefined;
  if (trace === undefined) {
    await host.notify.info(l10n.t('No live trace of this cluster is open'));
    return false;
  }
  host.panels.show(trace).showRows(`corefile:${String(line)}`);
  return true;
}

/** The Corefile that a node of the tree stands for. */
export function placeIn(clicked: unknown): CorefilePlace | undefined {
  if (typeof clicked !== 'object' || clicked === null || !('place' in clicked)) return undefined;
  return (clicked as Pick<TreeNode, 'place'>).place;
}

/** The page on a rule that ships with the extension. Anyone can run a command with anything, so the rule may only be a code. */
async function openRuleHelp(host: Host, rule: unknown): Promise<boolean> {
  const page = typeof rule === 'string' && /^CF\d{3}$/u.test(rule) ? rule : 'README';
  const uri = vscode.Uri.joinPath(host.extensionUri, 'docs', 'rules', `${page}.md`);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
  return true;
}
