import * as vscode from 'vscode';
import { visibleText } from '../../base/visibleText.ts';
import type { MissingPermission, TracePlan } from '../../session/traceTypes.ts';
import type { Host } from '../host.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';

/** The text of the question; a pure function, so that tests read it. */
export function consentText(plan: TracePlan): { readonly question: string; readonly detail: string } {
  const { consent } = plan;
  const lines = [
    consent.what,
    '',
    `Where: ${consent.where}`,
    `Rights: ${consent.rights}`,
    `How long: ${consent.howLong}`,
    `How it ends: ${consent.howItEnds}`,
    `What stays: ${consent.leaves}`,
    ...plan.unwatched.flatMap((hop) => ['', `Not watched: ${hop.name}. ${hop.problem.detail}`]),
    ...plan.warnings.flatMap((warning) => ['', `Note: ${warning.detail}`]),
  ];
  return { question: visibleText(`Trace DNS for ${plan.title}?`), detail: lines.map(visibleText).join('\n') };
}

/**
 * Shows what would be created and asks once. Nothing to create (idling containers are used again): nothing to ask.
 * "Show Objects" opens the exact JSON beside and asks again, so that reading it is no answer.
 */
export async function askConsent(host: Host, documents: PlainDocuments, plan: TracePlan): Promise<boolean> {
  if (plan.consent.objects.length === 0) return true;
  const { question, detail } = consentText(plan);
  const start = { label: 'Start Trace', value: 'start' } as const;
  const show = { label: 'Show Objects', value: 'show' } as const;
  const answer = await host.notify.ask<'start' | 'show'>(question, detail, [start, show]);
  if (answer !== 'show') return answer === 'start';
  const document = await documents.show(
    `What DNScope creates for ${plan.request.namespace}.json`,
    `${JSON.stringify(plan.consent.objects, undefined, 2)}\n`,
  );
  try {
    // Not modal, so that the document can be read and scrolled first.
    const again = await host.notify.info<'start' | 'cancel'>(question, [start, { label: 'Cancel', value: 'cancel' }]);
    return again === 'start';
  } finally {
    documents.release(document);
  }
}

/** Says by verb and resource what is missing. `true`: go on without what is missing, if the plan allows it. */
export async function tellMissing(
  host: Host,
  missing: readonly MissingPermission[],
  roleYaml: string | undefined,
): Promise<void> {
  const text = missing.map((one) => `${one.text} (${one.purpose})`).join('; ');
  const choices = roleYaml === undefined ? [] : [{ label: 'Copy Role', value: roleYaml }];
  const role = await host.notify.problem(
    {
      code: 'missing-permission',
      detail: visibleText(`Missing permission: ${text}`),
      recover: 'Ask the cluster administrator for this Role',
    },
    choices,
  );
  if (role === undefined) return;
  await vscode.env.clipboard.writeText(role);
  vscode.window.setStatusBarMessage('Role copied to the clipboard', 4000);
}
