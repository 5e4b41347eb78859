/** An edit goes on where the platform leaves it alone: in a key of `coredns-custom`, one that is there or a new one. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { ProblemError, toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CarriedEdit } from '../../session/change/carryOver.ts';
import type { ManagedBy } from '../../session/change/corefileChangeTypes.ts';
import { appendableKeys, type CustomKind, freeKey, keyProblem } from '../../session/change/customKey.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { CorefileFileSystem } from '../language/corefileFileSystem.ts';
import type { Notifier } from '../notify.ts';
import { carriedText } from './changeWords.ts';

export interface CustomPartOptions {
  readonly notify: Notifier;
  readonly connection: ClusterConnection;
  readonly files: CorefileFileSystem;
}

export type CustomMap = NonNullable<ManagedBy['writeInstead']>;

const WHAT: Readonly<Record<CustomKind, string>> = {
  override: l10n.t('the plugins you added'),
  server: l10n.t('the server blocks you added'),
};

/**
 * Opens what was carried over as unsaved text; saving it is a change like any other. Says what could not be.
 * @throws ProblemError `not-found` (there is no such ConfigMap), `forbidden`, `cluster-unreachable`, …
 */
export async function openCarried(
  { notify, connection, files }: CustomPartOptions,
  context: string,
  map: CustomMap,
  carried: CarriedEdit,
): Promise<void> {
  const kinds = (['override', 'server'] as const).filter((kind) => carried[kind] !== '');
  if (kinds.length === 0) {
    await notify.warn(carriedText(carried, map.name));
    return;
  }
  const data = await dataOf(connection, context, map);
  for (const kind of kinds) {
    const key = await pickKey(map, kind, Object.keys(data));
    if (key === undefined) return;
    const before = data[key];
    const place = { ...map, key };
    if (before === undefined) await files.create(context, place, carried[kind]);
    else
      await files.open(
        context,
        place,
        `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${carried[kind]}`,
      );
  }
  await notify.info(carriedText(carried, map.name));
}

async function dataOf(
  connection: ClusterConnection,
  context: string,
  { namespace, name }: CustomMap,
): Promise<Readonly<Record<string, string>>> {
  const lease = await connection.acquire(context);
  try {
    return (await lease.kube.get('configmaps', namespace, name)).data ?? {};
  } catch (error) {
    const problem = toProblem(error, 'kube-failed');
    if (problem.code !== 'not-found') throw error;
    const recover = l10n.t('Create it, and save again: kubectl -n {0} create configmap {1}', namespace, name);
    throw new ProblemError({ ...problem, recover }, { cause: error });
  } finally {
    lease.dispose();
  }
}

/** A key that is imported as `kind`; without any, straight to the name of a new one. `undefined`: the user gave up. */
async function pickKey(map: CustomMap, kind: CustomKind, keys: readonly string[]): Promise<string | undefined> {
  const title = visibleText(l10n.t('DNS: key of {0}/{1} for {2}', map.namespace, map.name, WHAT[kind]));
  const own = appendableKeys(kind, keys);
  const fresh = { label: `$(add) ${l10n.t('New key…')}`, key: undefined };
  const items = [...own.map((key) => ({ label: visibleText(key), description: l10n.t('Append to it'), key })), fresh];
  const picked = own.length === 0 ? fresh : await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
  if (picked !== fresh) return picked?.key;
  const value = freeKey(kind, keys);
  return vscode.window.showInputBox({
    title,
    prompt: l10n.t('Name of the new key. Nothing is written before you save it'),
    value,
    valueSelection: [0, value.length - kind.length - 1],
    ignoreFocusOut: true,
    validateInput: (key) => keyProblem(key, kind, keys),
  });
}
