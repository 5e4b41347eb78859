import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import type { CommandHandlers } from './ids.ts';
import { copyDiagnostics } from './copyDiagnostics.ts';
import { pickContextOnly } from './pickPod.ts';

type ClusterCommand =
  | 'dnscope.refresh'
  | 'dnscope.selectContext'
  | 'dnscope.chooseKubeconfig'
  | 'dnscope.copyName'
  | 'dnscope.showLog'
  | 'dnscope.copyDiagnostics';

export function clusterCommands(host: Host): Pick<CommandHandlers, ClusterCommand> {
  return {
    'dnscope.refresh': () => host.connection.reload(),
    'dnscope.selectContext': async () => {
      const context = await pickContextOnly(host);
      if (context !== undefined) await host.connection.select(context);
    },
    'dnscope.chooseKubeconfig': async () => {
      const picked = await vscode.window.showOpenDialog({
        title: l10n.t('Choose Kubeconfig'),
        openLabel: l10n.t('Use This Kubeconfig'),
        canSelectMany: false,
      });
      const [uri] = picked ?? [];
      if (uri !== undefined) await host.settings.setKubeconfig(uri.fsPath);
    },
    'dnscope.copyName': async (item) => {
      if (typeof item?.copyText === 'string') await vscode.env.clipboard.writeText(item.copyText);
    },
    'dnscope.showLog': () => host.log.show(),
    'dnscope.copyDiagnostics': () => copyDiagnostics(host),
  };
}
