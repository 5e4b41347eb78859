import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { ProblemError } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import type { Host } from '../host.ts';
import type { TraceChoice } from '../traces/openTrace.ts';

const LAST = 'dnscope.lastTrace';

export function lastChoice(host: Host): TraceChoice | undefined {
  const value = host.memory.get<Partial<TraceChoice>>(LAST);
  if (typeof value?.context !== 'string' || typeof value.namespace !== 'string' || typeof value.pod !== 'string')
    return undefined;
  return { context: value.context, namespace: value.namespace, pod: value.pod };
}

export async function rememberChoice(host: Host, choice: TraceChoice): Promise<void> {
  await host.memory.update(LAST, choice);
}

interface Pick<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/**
 * Context, then namespace, then pod; each step shows the last choice first, and the very first entry repeats the whole of
 * it. A step with one answer is left out. `undefined`: the user gave up.
 * @throws ProblemError when contexts or pods cannot be read
 */
export async function pickPod(host: Host, title: string): Promise<TraceChoice | undefined> {
  const last = lastChoice(host);
  const context = await pickContext(host, title, last);
  if (context === undefined || typeof context !== 'string') return context;
  const lease = await host.connection.acquire(context);
  try {
    await firstSight(lease);
    const { state, problems } = lease.model.view;
    const [problem] = problems;
    if (state === 'unreachable' && problem !== undefined) throw new ProblemError(problem);
    const namespace = await pickNamespace(lease, title, last?.context === context ? last.namespace : undefined);
    const pod =
      namespace === undefined
        ? undefined
        : await pickPodIn(lease, title, namespace, last?.namespace === namespace ? last.pod : undefined);
    return namespace === undefined || pod === undefined ? undefined : { context, namespace, pod };
  } finally {
    lease.dispose();
  }
}

async function pickContext(
  host: Host,
  title: string,
  last: TraceChoice | undefined,
): Promise<string | TraceChoice | undefined> {
  const { contexts, current } = await host.connection.contexts();
  const names = contexts.map((context) => context.name);
  const again = last !== undefined && names.includes(last.context) ? last : undefined;
  if (names.length === 1 && again === undefined) return names[0];
  const { state } = host.connection;
  const shown = state.kind === 'open' ? state.context : current;
  const items: Pick<string | TraceChoice>[] = firstThen(
    contexts,
    (context) => context.name === (last?.context ?? shown),
  ).map((context) => ({
    label: plain(context.name),
    description: context.name === current ? l10n.t('current context') : '',
    detail: visibleText(context.server),
    value: context.name,
  }));
  if (again !== undefined) {
    items.unshift(
      {
        label: `$(history) ${plain(again.pod)}`,
        description: visibleText(l10n.t('same as last time · {0} · {1}', again.namespace, again.context)),
        value: again,
      },
      { label: l10n.t('Other pods'), kind: vscode.QuickPickItemKind.Separator, value: '' },
    );
  }
  return choose(
    items,
    title,
    again === undefined ? l10n.t('Which cluster?') : l10n.t('The same pod again, or which cluster?'),
  );
}

async function pickNamespace(
  lease: ClusterLease,
  title: string,
  last: string | undefined,
): Promise<string | undefined> {
  const own = lease.kube.context.namespace;
  const views = lease.model.view.namespaces;
  const items = firstThen(views, (view) => view.name === (last ?? own)).map((view) => ({
    label: plain(view.name),
    description: plural(l10n.t('{0} pod|{0} pods'), view.pods.length),
    value: view.name,
  }));
  // Without the right to list namespaces the context's own is still worth a try.
  if (items.length === 0)
    items.push({ label: plain(own), description: l10n.t('namespace of the context'), value: own });
  return items.length === 1 ? items[0]?.value : choose(items, title, l10n.t('In which namespace is the pod?'));
}

async function pickPodIn(
  lease: ClusterLease,
  title: string,
  namespace: string,
  last: string | undefined,
): Promise<string | undefined> {
  const known = lease.model.view.namespaces.find((view) => view.name === namespace)?.pods ?? [];
  const running = known.filter((pod) => pod.phase === 'Running');
  const items = firstThen(running, (pod) => pod.name === last).map((pod) => ({
    label: plain(pod.name),
    description: visibleText(
      [pod.ready ? '' : l10n.t('not ready'), pod.node ?? '', pod.addresses[0] ?? '']
        .filter((part) => part !== '')
        .join(' · '),
    ),
    value: pod.name,
  }));
  if (items.length > 0) return choose(items, title, l10n.t('Which pod in {0}?', visibleText(namespace)));
  return vscode.window.showInputBox({
    title,
    prompt: visibleText(l10n.t('No running pod is visible in {0}. Name one to try it', namespace)),
    ignoreFocusOut: true,
  });
}

/** A context alone, the last or current one first. */
export async function pickContextOnly(host: Host): Promise<string | undefined> {
  const { contexts, current } = await host.connection.contexts();
  const { state } = host.connection;
  const shown = state.kind === 'open' ? state.context : undefined;
  const items = firstThen(contexts, (context) => context.name === shown).map((context) => ({
    label: plain(context.name),
    description: [
      context.name === shown ? l10n.t('shown in the tree') : '',
      context.name === current ? l10n.t('current context') : '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
    detail: visibleText(context.server),
    value: context.name,
  }));
  return choose(items, l10n.t('DNS: Select Context'), l10n.t('Which cluster does the tree show?'));
}

async function choose<T>(items: readonly Pick<T>[], title: string, placeHolder: string): Promise<T | undefined> {
  return (
    await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true, ignoreFocusOut: true })
  )?.value;
}

/** Labels render `$(icon)`: names may not. */
function plain(text: string): string {
  return visibleText(text).replaceAll('$(', '$ (');
}

function firstThen<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly T[] {
  return [...items.filter(isFirst), ...items.filter((item) => !isFirst(item))];
}

/** Waits for the first look at the cluster, under a progress line of the window, not a message. */
async function firstSight(lease: ClusterLease): Promise<void> {
  if (lease.model.isReady) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('DNS: reading the cluster') },
    () => lease.model.whenReady(),
  );
}
