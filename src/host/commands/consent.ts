import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { visibleText } from '../../base/visibleText.ts';
import type { MissingPermission, TracePlan } from '../../session/trace/traceTypes.ts';
import type { Host } from '../host.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';

/** The text of the question; a pure function, so that tests read it. */
export function consentText(plan: TracePlan): { readonly question: string; readonly detail: string } {
  const { consent } = plan;
  // One paragraph each: a dialog has no other formatting.
  const paragraphs = [
    consent.what,
    l10n.t('Where: {0}', consent.where),
    l10n.t('Rights: {0}', consent.rights),
    l10n.t('How long: {0}', consent.howLong),
    l10n.t('How it ends: {0}', consent.howItEnds),
    l10n.t('What stays: {0}', consent.leaves),
    ...plan.unwatched.map((hop) => l10n.t('Not watched: {0}. {1}', hop.name, hop.problem.detail)),
    ...plan.warnings.map((warning) => l10n.t('Note: {0}', warning.detail)),
  ];
  return {
    question: visibleText(l10n.t('Trace DNS for {0}?', plan.title)),
    detail: paragraphs.map(visibleText).join('\n\n'),
  };
}

type Answer = 'start' | 'show' | 'copy' | 'cancel';

/**
 * Shows what would be created and asks once. Nothing to create (idling containers are used again): nothing to ask.
 * "Show Objects" opens the exact JSON and asks again beside it, "Copy Role" asks again too: neither is an answer.
 */
export async function askConsent(host: Host, documents: PlainDocuments, plan: TracePlan): Promise<boolean> {
  if (plan.consent.objects.length === 0) return true;
  const { question, detail } = consentText(plan);
  const start = { label: l10n.t('Start Trace'), value: 'start' } as const;
  const show = { label: l10n.t('Show Objects'), value: 'show' } as const;
  const copy = plan.roleYaml === undefined ? [] : [{ label: l10n.t('Copy Role'), value: 'copy' } as const];
  let answer = await host.notify.ask<Answer>(question, detail, [start, show, ...copy]);
  while (answer === 'copy') {
    await copyRole(plan.roleYaml ?? '');
    answer = await host.notify.ask<Answer>(question, detail, [start, show]);
  }
  if (answer !== 'show') return answer === 'start';
  const text = `${JSON.stringify(plan.consent.objects, undefined, 2)}\n`;
  const document = await documents.show(l10n.t('Objects to be created.json'), text);
  try {
    // Not modal, so that the document can be read and scrolled first.
    const cancel = { label: l10n.t('Cancel'), value: 'cancel' } as const;
    return (await host.notify.info<Answer>(question, [start, cancel])) === 'start';
  } finally {
    documents.release(document);
  }
}

/** Says by verb and resource what is missing, with the Role that would give it. */
export async function tellMissing(
  host: Host,
  missing: readonly MissingPermission[],
  roleYaml: string | undefined,
): Promise<void> {
  const text = missing.map((one) => `${one.text} (${one.purpose})`).join('; ');
  const choices = roleYaml === undefined ? [] : [{ label: l10n.t('Copy Role'), value: roleYaml }];
  const role = await host.notify.problem(
    {
      code: 'missing-permission',
      detail: visibleText(l10n.t('Missing permission: {0}', text)),
      recover: l10n.t('Ask the cluster administrator for this Role'),
    },
    choices,
  );
  if (role !== undefined) await copyRole(role);
}

async function copyRole(yaml: string): Promise<void> {
  await vscode.env.clipboard.writeText(yaml);
  vscode.window.setStatusBarMessage(l10n.t('Role copied to the clipboard'), 4000);
}
