import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
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
    item.name = 'DNS traces';
    item.command = 'dnscope.showTracePanel' satisfies CommandId;
    this._register(
      traces.onDidChange(() => {
        const { running } = traces;
        if (running.length === 0) return item.hide();
        item.text = statusText(running);
        item.tooltip = `${running.map((trace) => trace.snapshot?.source.title ?? trace.name).join('\n')}\nClick to show the panel`;
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
  const count = running.length === 1 ? '1 trace' : `${String(running.length)} traces`;
  const reconnecting = running.some((trace) => trace.snapshot?.source.state === 'reconnecting')
    ? ' · reconnecting'
    : '';
  return `$(pulse) DNS: ${count} · ${visibleText(first?.name ?? '').replaceAll('$(', '$ (')}${reconnecting} · ${String(lost)} lost`;
}

function lostPackets(trace: OpenTrace): number {
  return trace.snapshot?.loss.packets ?? 0;
}
