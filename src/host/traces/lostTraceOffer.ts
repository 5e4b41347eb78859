/** Traces that an earlier window left behind are offered once a start; what is not answered is offered again. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { LostTrace, LostTraces } from '../../session/trace/lostTraces.ts';
import type { CommandId } from '../commands/ids.ts';
import type { Notifier } from '../notify.ts';

type Answer = 'open' | 'choose' | 'delete';

export async function offerLostTraces(lost: LostTraces, notify: Notifier): Promise<void> {
  const traces = lost.list();
  const [first] = traces;
  if (first === undefined) return;
  const one = traces.length === 1;
  const answer = await notify.info<Answer>(
    one
      ? l10n.t('The trace of {0} was not saved', titleOf(first))
      : plural(l10n.t('{0} trace was not saved|{0} traces were not saved'), traces.length),
    [
      one ? { label: l10n.t('Open'), value: 'open' } : { label: l10n.t('Choose…'), value: 'choose' },
      { label: one ? l10n.t('Delete') : l10n.t('Delete All'), value: 'delete' },
    ],
  );
  if (answer === 'delete') traces.forEach((trace) => lost.forget(trace));
  const wanted = answer === 'open' ? [first] : answer === 'choose' ? await choose(traces) : [];
  for (const trace of wanted) {
    const file = vscode.Uri.file(await lost.recover(trace));
    await vscode.commands.executeCommand('dnscope.openCapture' satisfies CommandId, file);
  }
}

async function choose(traces: readonly LostTrace[]): Promise<readonly LostTrace[]> {
  const rows = traces.map((trace) => ({
    label: titleOf(trace),
    description: `${new Date(trace.endedMs).toLocaleString()} · ${sizeText(trace.bytes)}`,
    trace,
  }));
  const picked = await vscode.window.showQuickPick(rows, {
    title: l10n.t('Traces That Were Not Saved'),
    canPickMany: true,
  });
  return (picked ?? []).map(({ trace }) => trace);
}

const titleOf = ({ title }: LostTrace): string => (title === '' ? l10n.t('a pod') : visibleText(title));

const sizeText = (bytes: number): string =>
  bytes < 1_000_000 ? `${String(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
