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
    `Where: ${consent.where}`,
    `Rights: ${consent.rights}`,
    `How long: ${consent.howLong}`,
    `How it ends: ${consent.howItEnds}`,
    `What stays: ${consent.leaves}`,
    ...plan.unwatched.map((hop) => `Not watched: ${hop.name}. ${hop.problem.detail}`),
    ...plan.warnings.map((warning) => `Note: ${warning.detail}`),
  ];
  return { question: visibleText(`Trace DNS for ${plan.title}?`), detail: paragraphs.map(visibleText).join('\n\n') };
}

type Answer = 'start' | 'show' | 'copy' | 'cancel';

/**
 * Shows what would be created and asks once. Nothing to create (idling containers are used again): nothing to ask.
 * "Show Objects" opens the exact JSON and asks again beside it, "Copy Role" asks again too: neither is an answer.
 */
export async function askConsent(host: Host, documents: PlainDocuments, plan: TracePlan): Promise<boolean> {
  if (plan.consent.objects.length === 0) return true;
  const { question, detail } = consentText(plan);
  const start = { label: 'Start Trace', value: 'start' } as const;
  const show = { label: 'Show Objects', value: 'show' } as const;
  const copy = plan.roleYaml === undefined ? [] : [{ label: 'Copy Role', value: 'copy' } as const];
  let answer = await host.notify.ask<Answer>(question, detail, [start, show, ...copy]);
  while (answer === 'copy') {
    await copyRole(plan.roleYaml ?? '');
    answer = await host.notify.ask<Answer>(question, detail, [start, show]);
  }
  if (answer !== 'show') return answer === 'start';
  const text = `${JSON.stringify(plan.consent.objects, undefined, 2)}\n`;
  const document = await documents.show('Objects to be created.json', text);
  try {
    // Not modal, so that the document can be read and scrolled first.
    const cancel = { label: 'Cancel', value: 'cancel' } as const;
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
  const choices = roleYaml === undefined ? [] : [{ label: 'Copy Role', value: roleYaml }];
  const role = await host.notify.problem(
    {
      code: 'missing-permission',
      detail: visibleText(`Missing permission: ${text}`),
      recover: 'Ask the cluster administrator for this Role',
    },
    choices,
  );
  if (role !== undefined) await copyRole(role);
}

async function copyRole(yaml: string): Promise<void> {
  await vscode.env.clipboard.writeText(yaml);
  vscode.window.setStatusBarMessage('Role copied to the clipboard', 4000);
}
