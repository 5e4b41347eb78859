import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { ProblemError } from '../../base/problem.ts';
import { purposeOfKey } from '../../core/corefile/manifest/corefileKeys.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import type { CorefileChanges } from '../changes/corefileChanges.ts';
import type { RestoreVersion } from '../changes/historyView.ts';
import type { TemporaryChanges } from '../changes/temporaryChanges.ts';
import type { Host } from '../host.ts';
import { COREFILE_LANGUAGE } from '../language/corefileSelectors.ts';
import { COREFILE_SCHEME } from '../language/corefileUri.ts';
import { placeIn } from './corefileCommands.ts';
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
  showHistory(context: string, place: CorefilePlace | undefined, restore: RestoreVersion): Promise<boolean>;
}

/** Everything that changes a running CoreDNS. Each asks first, by cluster, namespace and object. */
export function changeCommands(host: Host, load: () => Promise<ChangeParts>): Pick<CommandHandlers, ChangeCommand> {
  const context = (): Promise<string> => host.connection.currentContext();
  return {
    'dnscope.applyCorefile': async () => applyActive(host, (await load()).changes),
    'dnscope.rollBackCorefile': async () => (await load()).changes.rollBack(await context()),
    'dnscope.corefileHistory': async (clicked) => {
      const [parts, name] = [await load(), await context()];
      const restore: RestoreVersion = ({ namespace, name: map, key, text }, base) =>
        appliedOrTold(
          host,
          parts.changes.apply(name, { place: { namespace, name: map, key }, text, base, cause: 'rollback' }),
        );
      return parts.showHistory(name, placeIn(clicked), restore);
    },
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
      detail: l10n.t('No Corefile is open in the active editor'),
      recover: l10n.t('Open a Corefile, or inspect the live one, and run the command again'),
    });
  if (document.uri.scheme === COREFILE_SCHEME) return document.save();
  const purpose = purposeOfKey(document.uri.path.split('/').at(-1) ?? '');
  if (purpose === 'server' || purpose === 'override')
    throw new ProblemError({
      code: 'only-a-part',
      detail: l10n.t('This file is a part that a Corefile imports, and it would take the place of the whole Corefile'),
      recover: l10n.t('Open the live part in the DNS view, and save it with this text'),
    });
  const text = document.getText();
  return appliedOrTold(host, changes.apply(await host.connection.currentContext(), { text }));
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
