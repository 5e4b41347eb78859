import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CorefileVersion, HistoryPlace, SeenVersion } from '../../session/change/corefileChangeTypes.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import type { CorefileHistory } from '../../session/change/corefileHistory.ts';
import { versionOf } from '../../session/change/writeCorefile.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import { COREFILE_SCHEME, livePath, placeOf } from '../language/corefileUri.ts';
import type { Notifier } from '../notify.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';

export type RestoreVersion = (
  version: CorefileVersion,
  base: { readonly text: string; readonly resourceVersion: string },
) => Promise<boolean>;

export interface HistoryOptions {
  readonly notify: Notifier;
  readonly connection: ClusterConnection;
  readonly plain: PlainDocuments;
  readonly history: CorefileHistory;
  /** Puts a version in the present one's place; false after a No. */
  readonly restore: RestoreVersion;
}

/**
 * Versions of a Corefile or of a part that were seen here, newest first; the chosen one is compared with the present one, and
 * may take its place.
 * @param clicked the part in question; without one the live file in front, or the only one with versions, else a list asks
 */
export async function showHistory(options: HistoryOptions, context: string, clicked?: CorefilePlace): Promise<boolean> {
  const { notify, connection, history } = options;
  const lease = await connection.acquire(context);
  try {
    const { server } = lease.kube.context;
    const places = await history.places(server);
    const place = clicked ?? activePlace(context) ?? (places.length > 1 ? await pickPlace(places, context) : places[0]);
    if (place === undefined) {
      if (places.length === 0) await tellNone(notify);
      return false;
    }
    const versions = await history.of(server, place);
    if (versions.length === 0) {
      await tellNone(notify);
      return false;
    }
    const now = versionOf(place, await lease.kube.get('configmaps', place.namespace, place.name));
    const picked = await pickVersion(versions, now, context);
    if (picked === 'clear') return await clear(options, server, place);
    return picked === undefined ? false : await compare(options, picked, now);
  } finally {
    lease.dispose();
  }
}

const tellNone = (notify: Notifier): Promise<undefined> =>
  notify.info(l10n.t('No version of this Corefile was seen from here. Versions are kept from the first change on'));

/** Both texts side by side, and the question beside them, not modal, so that they can be read first. */
async function compare(
  { notify, plain, restore }: HistoryOptions,
  version: SeenVersion,
  now: CorefileVersion,
): Promise<boolean> {
  const name = now.key === 'Corefile' ? now.key : `${now.key}.corefile`;
  const before = plain.add(name, version.text);
  const title = l10n.t('{0}: {1} ↔ now', visibleText(now.key), timeOf(version));
  await vscode.commands.executeCommand('vscode.diff', before, plain.add(name, now.text), title);
  const answer = await notify.info(l10n.t('Put this version back?'), [
    { label: l10n.t('Restore'), value: true },
    { label: l10n.t('Close'), value: false },
  ]);
  plain.release(before);
  return answer === true && restore(version, { text: now.text, resourceVersion: now.resourceVersion });
}

async function clear({ notify, history }: HistoryOptions, server: string, place: CorefilePlace): Promise<boolean> {
  const answer = await notify.ask<'one' | 'all'>(
    l10n.t('Delete the versions of Corefiles that are kept on this machine?'),
    visibleText(
      l10n.t(
        'Those of {0} of ConfigMap {1}/{2}, or those of all parts of all clusters. What stands in a cluster stays as it is.',
        place.key,
        place.namespace,
        place.name,
      ),
    ),
    [
      { label: visibleText(l10n.t('Delete Those of {0}', place.key)), value: 'one' },
      { label: l10n.t('Delete All'), value: 'all' },
    ],
  );
  if (answer === undefined) return false;
  await (answer === 'all' ? history.clear() : history.clear(server, place));
  await notify.info(l10n.t('The versions were deleted'));
  return true;
}

/** The live file in front, when it is of this cluster. */
function activePlace(context: string): CorefilePlace | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const path = uri?.scheme === COREFILE_SCHEME ? livePath(uri) : undefined;
  return path?.context === context ? placeOf(path) : undefined;
}

async function pickPlace(places: readonly HistoryPlace[], context: string): Promise<CorefilePlace | undefined> {
  const items = places
    .map((place) => ({
      label: visibleText(place.key),
      description: visibleText(`${place.namespace}/${place.name}`),
      place,
    }))
    .sort((a, b) => Number(b.label === 'Corefile') - Number(a.label === 'Corefile') || (a.label < b.label ? -1 : 1));
  const title = visibleText(l10n.t('DNS: Corefile History in {0}', context));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: l10n.t('Versions of which part?') }))?.place;
}

interface VersionItem extends vscode.QuickPickItem {
  readonly value?: SeenVersion | 'clear';
}

async function pickVersion(
  versions: readonly SeenVersion[],
  { namespace, name, key, text }: CorefileVersion,
  context: string,
): Promise<SeenVersion | 'clear' | undefined> {
  // A key that did not exist yet has no text to go back to.
  const older = versions.filter((version) => version.text !== text && version.absent !== true).toReversed();
  const items: readonly VersionItem[] = [
    ...older.map((version) => ({
      label: timeOf(version),
      description: CAUSES[version.cause],
      detail: plural(l10n.t('{0} line|{0} lines'), version.text.split('\n').length),
      value: version,
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: `$(trash) ${l10n.t('Delete Versions…')}`, value: 'clear' },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: visibleText(l10n.t('DNS: {0} of {1}/{2} in {3}', key, namespace, name, context)),
    placeHolder:
      older.length === 0
        ? l10n.t('No version but the present one was seen')
        : l10n.t('Compare a version with the present one'),
  });
  return picked?.value;
}

const timeOf = ({ time }: SeenVersion): string => new Date(time).toLocaleString();

const CAUSES: Readonly<Record<SeenVersion['cause'], string>> = {
  seen: l10n.t('found in the cluster'),
  edit: l10n.t('edited here'),
  rollback: l10n.t('rolled back here'),
  'automatic-rollback': l10n.t('put back because a replica refused the change'),
  temporary: l10n.t('query log or cache switched for a while'),
  'temporary-end': l10n.t('query log or cache switched back'),
};
