import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CommandId } from '../commands/ids.ts';
import type { OpenTrace } from './openTrace.ts';
import type { TraceList } from './traceList.ts';

/** `DNS: 1 trace · order-service · 0 lost`, as long as something captures. */
export class TraceStatusBar extends Disposable {
  constructor(traces: TraceList) {
    super();
    const item = this._register(
      vscode.window.createStatusBarItem('dnscope.traces', vscode.StatusBarAlignment.Left, 50),
    );
    item.name = l10n.t('DNS traces');
    item.command = 'dnscope.showTracePanel' satisfies CommandId;
    this._register(
      traces.onDidChange(() => {
        const { running } = traces;
        if (running.length === 0) return item.hide();
        item.text = statusText(running);
        item.tooltip = [
          ...running.map((trace) => trace.snapshot?.source.title ?? trace.name),
          l10n.t('Click to show the panel'),
        ].join('\n');
        const lost = running.some((trace) => lostPackets(trace) > 0 || trace.snapshot?.source.state === 'reconnecting');
        item.backgroundColor = lost ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
        item.accessibilityInformation = { label: item.text.replace('$(pulse) ', ''), role: 'button' };
        item.show();
      }),
    );
  }
}

export function statusText(running: readonly OpenTrace[]): string {
  const [first] = running;
  const lost = running.reduce((sum, trace) => sum + lostPackets(trace), 0);
  const parts = [
    plural(l10n.t('{0} trace|{0} traces'), running.length),
    visibleText(first?.name ?? '').replaceAll('$(', '$ ('),
    ...(running.some((trace) => trace.snapshot?.source.state === 'reconnecting') ? [l10n.t('reconnecting')] : []),
    plural(l10n.t('{0} lost|{0} lost'), lost),
  ];
  return `$(pulse) DNS: ${parts.join(' · ')}`;
}

function lostPackets(trace: OpenTrace): number {
  return trace.snapshot?.loss.packets ?? 0;
}
