/**
 * List, then watch from the list's version, for ever. A watch that the server ends in good order goes on from the last
 * version seen (bookmarks keep that fresh); anything else lists anew, so that what was missed is known. Back-off doubles
 * from half a second to 30 s with jitter; a refusal is asked again once a minute, since rights may be granted.
 */
import { withoutNulls } from '../core/topology/withoutNulls.ts';
import type { DisposableLike } from '../base/disposable.ts';
import { ProblemError, toProblem, type Problem } from '../base/problem.ts';
import type { KindMap, ListScope, Resource, WatchHandler } from '../session/ports.ts';
import type { HttpClient } from './httpClient.ts';
import { problemOfStatus, type KubeAction } from './kubeProblems.ts';
import { collectionPath, selectors } from './resources.ts';

interface ListBody<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[];
}

interface WatchEvent {
  readonly type?: string;
  readonly object?: { readonly metadata?: { readonly resourceVersion?: string }; readonly code?: number };
}

const PAGE = 500;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const REFUSED_DELAY_MS = 60_000;
/** The server ends each watch after this; without a byte for longer than that the connection is dead. */
const WATCH_SECONDS = 290;
const IDLE_MS = 320_000;

/** All pages. A list that expires between two pages (410) starts over once. */
export async function listAll<K extends Resource>(
  http: HttpClient,
  resource: K,
  scope: ListScope,
  signal: AbortSignal | undefined,
): Promise<{ readonly items: readonly KindMap[K][]; readonly version: string }> {
  const action: KubeAction = {
    verb: 'list',
    resource,
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
  };
  const path = collectionPath(resource, scope.namespace);
  for (let attempt = 0; ; attempt++) {
    const items: KindMap[K][] = [];
    let next = '';
    try {
      for (;;) {
        const query = { ...selectors(scope), limit: String(PAGE), ...(next === '' ? {} : { continue: next }) };
        const page = await http.json<ListBody<KindMap[K]>>({ method: 'GET', path, query, action, signal });
        items.push(...(page.items ?? []));
        next = page.metadata?.continue ?? '';
        if (next === '') return { items, version: page.metadata?.resourceVersion ?? '' };
      }
    } catch (error) {
      if (attempt > 0 || toProblem(error, '').code !== 'gone') throw error;
    }
  }
}

export function watchForEver<K extends Resource>(
  http: HttpClient,
  resource: K,
  scope: ListScope,
  handler: WatchHandler<K>,
): DisposableLike {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, http.closed]);
  void run(http, resource, scope, handler, signal);
  return { dispose: () => stop.abort() };
}

async function run<K extends Resource>(
  http: HttpClient,
  resource: K,
  scope: ListScope,
  handler: WatchHandler<K>,
  signal: AbortSignal,
): Promise<void> {
  let delay = FIRST_DELAY_MS;
  while (!signal.aborted) {
    try {
      const { items, version } = await listAll(http, resource, scope, signal);
      if (signal.aborted) return;
      handler.onSnapshot(items);
      handler.onState('live');
      await follow(http, resource, scope, handler, version, signal, () => (delay = FIRST_DELAY_MS));
    } catch (error) {
      if (signal.aborted) return;
      const problem = toProblem(error, 'kube-failed');
      if (problem.code !== 'gone') {
        handler.onState('reconnecting', problem);
        await sleep(problem.code === 'forbidden' ? REFUSED_DELAY_MS : delay * (0.75 + Math.random() / 2), signal);
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      }
    }
  }
}

/** Watches from a version on, again and again, until something breaks (rejects). */
async function follow<K extends Resource>(
  http: HttpClient,
  resource: K,
  scope: ListScope,
  handler: WatchHandler<K>,
  from: string,
  signal: AbortSignal,
  onLive: () => void,
): Promise<void> {
  const action: KubeAction = {
    verb: 'watch',
    resource,
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
  };
  let version = from;
  for (;;) {
    const query = {
      ...selectors(scope),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(WATCH_SECONDS),
    };
    const started = Date.now();
    await http.lines(
      { method: 'GET', path: collectionPath(resource, scope.namespace), query, action, signal },
      IDLE_MS,
      (line) => {
        if (signal.aborted) return;
        const event = withoutNulls(JSON.parse(line) as WatchEvent);
        const object = event.object;
        if (event.type === 'ERROR') throwStatus(http, object, action);
        if (object === undefined) return;
        version = object.metadata?.resourceVersion ?? version;
        onLive();
        if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') {
          handler.onChange(event.type, object);
        }
      },
    );
    // A proxy that ends every watch at once must not make us spin.
    if (Date.now() - started < 1000) await sleep(1000, signal);
    if (signal.aborted) return;
  }
}

function throwStatus(http: HttpClient, object: WatchEvent['object'], action: KubeAction): never {
  const problem: Problem = problemOfStatus(object?.code ?? 500, JSON.stringify(object ?? {}), action, http.context);
  throw new ProblemError(problem);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
