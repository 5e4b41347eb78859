import * as vscode from 'vscode';
import { ProblemError } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import { purposeOfKey } from '../../core/corefile/manifest/corefileKeys.ts';
import type { SeenVersion } from '../../session/change/corefileChangeTypes.ts';
import { readCorefile } from '../../session/cluster/readCorefile.ts';
import type { CorefileChanges } from '../changes/corefileChanges.ts';
import type { TemporaryChanges } from '../changes/temporaryChanges.ts';
import type { Host } from '../host.ts';
import { COREFILE_LANGUAGE } from '../language/corefileSelectors.ts';
import { COREFILE_SCHEME } from '../language/corefileUri.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';
import type { CommandHandlers } from './ids.ts';

type ChangeCommand =
  | 'dnscope.applyCorefile'
  | 'dnscope.rollBackCorefile'
  | 'dnscope.corefileHistory'
  | 'dnscope.queryLogOn'
  | 'dnscope.cacheOff'
  | 'dnscope.endTemporary'
  | 'dnscope.restartCoreDns';

/** Loaded with the first command that needs them. */
export interface ChangeParts {
  readonly changes: CorefileChanges;
  readonly temporary: TemporaryChanges;
  readonly restart: (context: string) => Promise<boolean>;
}

/** Everything that changes a running CoreDNS. Each asks first, by cluster, namespace and object. */
export function changeCommands(
  host: Host,
  plain: PlainDocuments,
  load: () => Promise<ChangeParts>,
): Pick<CommandHandlers, ChangeCommand> {
  const context = (): Promise<string> => host.connection.currentContext();
  return {
    'dnscope.applyCorefile': async () => applyActive(host, (await load()).changes),
    'dnscope.rollBackCorefile': async () => (await load()).changes.rollBack(await context()),
    'dnscope.corefileHistory': async () => showHistory(host, (await load()).changes, plain, await context()),
    'dnscope.queryLogOn': async () => (await load()).temporary.start(await context(), 'query-log'),
    'dnscope.cacheOff': async () => (await load()).temporary.start(await context(), 'cache-off'),
    'dnscope.endTemporary': async () => (await load()).temporary.endAll(),
    'dnscope.restartCoreDns': async () => (await load()).restart(await context()),
  };
}

/** The Corefile in the active editor: a live one is saved, which applies it; any other takes the main Corefile's place. */
async function applyActive(host: Host, changes: CorefileChanges): Promise<boolean> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== COREFILE_LANGUAGE)
    throw new ProblemError({
      code: 'no-corefile',
      detail: 'No Corefile is open in the active editor',
      recover: 'Open a Corefile, or inspect the live one, and run the command again',
    });
  if (document.uri.scheme === COREFILE_SCHEME) return document.save();
  const purpose = purposeOfKey(document.uri.path.split('/').at(-1) ?? '');
  if (purpose === 'server' || purpose === 'override')
    throw new ProblemError({
      code: 'only-a-part',
      detail: 'This file is a part that a Corefile imports, and it would take the place of the whole Corefile',
      recover: 'Open the live part in the DNS view, and save it with this text',
    });
  const text = document.getText();
  return appliedOrTold(host, changes.apply(await host.connection.currentContext(), { text }));
}

/** Versions that were seen here, newest first; the chosen one is compared, and may take the present one's place. */
async function showHistory(
  host: Host,
  changes: CorefileChanges,
  plain: PlainDocuments,
  context: string,
): Promise<boolean> {
  const lease = await host.connection.acquire(context);
  try {
    const now = await readCorefile(lease.kube);
    const { namespace, name, key } = now;
    const versions = await changes.history.of(lease.kube.context.server, { namespace, name, key });
    const older = versions.filter(({ text }) => text !== now.text).toReversed();
    if (older.length === 0) {
      await host.notify.info(
        'No other version of this Corefile was seen from here. Versions are kept from the first change on',
      );
      return false;
    }
    const picked = await vscode.window.showQuickPick(older.map(historyItem), {
      title: visibleText(`DNS: ${key} of ${namespace}/${name} in ${context}`),
      placeHolder: 'Compare a version with the present one',
    });
    if (picked === undefined) return false;
    const before = plain.add(key, picked.version.text);
    const present = plain.add(key, now.text);
    await vscode.commands.executeCommand('vscode.diff', before, present, `${visibleText(key)}: ${picked.label} ↔ now`);
    const answer = await host.notify.info('Put this version back?', [
      { label: 'Restore', value: true },
      { label: 'Close', value: false },
    ]);
    plain.release(before);
    if (answer !== true) return false;
    const base = { text: now.text, resourceVersion: now.resourceVersion ?? '' };
    return await appliedOrTold(
      host,
      changes.apply(context, { place: { namespace, name, key }, text: picked.version.text, base, cause: 'rollback' }),
    );
  } finally {
    lease.dispose();
  }
}

const CAUSES: Readonly<Record<SeenVersion['cause'], string>> = {
  seen: 'found in the cluster',
  edit: 'edited here',
  rollback: 'rolled back here',
  'automatic-rollback': 'put back because a replica refused the change',
  temporary: 'query log or cache switched for a while',
  'temporary-end': 'query log or cache switched back',
};

function historyItem(version: SeenVersion): vscode.QuickPickItem & { readonly version: SeenVersion } {
  const lines = version.text.split('\n').length;
  return {
    label: new Date(version.time).toLocaleString(),
    description: CAUSES[version.cause],
    detail: `${String(lines)} lines`,
    version,
  };
}

/** A No is no failure. */
async function appliedOrTold(host: Host, work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'not-applied') return false;
    if (error instanceof ProblemError) await host.notify.problem(error.problem);
    else throw error;
    return false;
  }
}
