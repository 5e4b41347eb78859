import { ProblemError, type Problem } from '../../base/problem.ts';
import { effectiveCorefile } from './coreDnsSetup.ts';
import type { ManagedBy, TemporaryKind, TemporaryPlan, TemporaryStep } from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import { formatDuration } from '../duration.ts';
import { managedBy } from './managedCorefile.ts';
import { planCorefileChange, readSetup, type CorefileSetup } from './planCorefileChange.ts';
import type { KubeApi } from '../ports.ts';
import { LOG_OVERRIDE, temporaryEdit } from './temporaryEdit.ts';
import { nextAnnotation, readEntries, TEMPORARY_ANNOTATION, temporaryMarks } from './temporaryMark.ts';

export interface TemporaryRequest {
  readonly kind: TemporaryKind;
  /** One minute to 24 hours. */
  readonly durationMs: number;
  /** The cluster's main Corefile when absent. */
  readonly place?: CorefilePlace;
}

const SHORTEST_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;
/** Key of our own in a ConfigMap whose *.override files the main Corefile imports. */
export const OVERRIDE_KEY = 'dnscope-query-log.override';

const NAMES: Readonly<Record<TemporaryKind, string>> = {
  'query-log': 'The query log is switched on',
  'cache-off': 'The cache is switched off',
};

/**
 * What switching the query log on or the cache off for a while would do. Writes nothing. When it is on already, the plan sets
 * a new deadline.
 * @throws ProblemError `bad-duration`, and as {@link planCorefileChange}
 */
export async function planTemporaryChange(
  kube: KubeApi,
  request: TemporaryRequest,
  options: { readonly nowNs: bigint },
  signal?: AbortSignal,
): Promise<TemporaryPlan> {
  const { kind, durationMs } = request;
  if (!(durationMs >= SHORTEST_MS && durationMs <= LONGEST_MS))
    throw new ProblemError({
      code: 'bad-duration',
      detail: 'A temporary change lasts between one minute and 24 hours',
      recover: 'Choose a duration such as 10m',
    });
  const main = await readSetup(kube, request.place, signal);
  const managed = managedBy(main.map, main.objects.configMaps);
  const override = kind === 'query-log' && request.place === undefined ? overridePlace(main, managed) : undefined;
  const setup = override === undefined ? main : await readSetup(kube, override, signal);
  const { place, base, map } = setup;
  const edit = override === undefined ? edited(setup, kind) : overridden(base.text);
  const entries = readEntries(map);
  const on = temporaryMarks(map, options.nowNs).find((mark) => mark.kind === kind && mark.place.key === place.key);
  const nowMs = Number(options.nowNs / 1_000_000n);
  const until = { since: new Date(nowMs).toISOString(), deadline: new Date(nowMs + durationMs).toISOString() };
  const change = await planCorefileChange(
    kube,
    {
      place,
      text: edit.text,
      base,
      cause: 'temporary',
      annotations: {
        [TEMPORARY_ANNOTATION]: nextAnnotation(entries, { kind, key: place.key, text: edit.text }, until),
      },
    },
    options,
    signal,
  );
  const nothing: Problem = {
    code: 'nothing-to-switch',
    detail:
      edit.cannot[0]?.detail ??
      (kind === 'query-log' ? 'Every server block logs its queries already' : 'There is no cache to switch off'),
  };
  const blockers =
    edit.steps.length > 0 || on !== undefined
      ? change.blockers
      : [{ problem: nothing, canForce: false }, ...change.blockers];
  return {
    kind,
    durationMs,
    deadline: until.deadline,
    steps: edit.steps,
    cannot: edit.cannot,
    ...(on === undefined ? {} : { on }),
    consent:
      `${NAMES[kind]} for ${formatDuration(durationMs)}${on === undefined ? '' : ' from now on'} in ${place.key} of ConfigMap ${place.namespace}/${place.name}. ` +
      (kind === 'query-log'
        ? 'CoreDNS then writes a line for every query: names that pods ask for stand in its log, and a busy cluster writes much. '
        : 'CoreDNS then asks its upstreams and looks into its zones for every query: load and latency rise. ') +
      'DNScope takes it back at that time, when you stop it, or when the editor closes. Nothing in the cluster does so by itself: ' +
      'should this program be gone, the next DNScope that looks at this cluster takes it back.',
    change: { ...change, blockers },
  };
}

interface Edited {
  readonly text: string;
  readonly steps: readonly TemporaryStep[];
  readonly cannot: readonly Problem[];
}

const edited = (setup: CorefileSetup, kind: TemporaryKind): Edited =>
  temporaryEdit(setup.base.text, effectiveCorefile(setup, setup.place, setup.base.text).model, kind);

function overridden(before: string): Edited {
  if (before === LOG_OVERRIDE) return { text: before, steps: [], cannot: [] };
  const step = { block: OVERRIDE_KEY, line: 1, text: `${OVERRIDE_KEY} puts log into the blocks that import it` };
  return { text: LOG_OVERRIDE, steps: [step], cannot: [] };
}

/** Where the platform wants the log instead: a key of our own beside the user's, imported by a block that has no log yet. */
function overridePlace(setup: CorefileSetup, managed: ManagedBy | undefined): CorefilePlace | undefined {
  const { writeInstead } = managed ?? {};
  if (writeInstead === undefined) return undefined;
  if (!setup.objects.configMaps.some(({ metadata }) => metadata?.name === writeInstead.name)) return undefined;
  if (!/^\s*import \S*\*\.override\s*(?:#.*)?$/mu.test(setup.base.text)) return undefined;
  const model = effectiveCorefile(setup, setup.place, setup.base.text).model;
  // A second log in the same block would write every query twice.
  if (model.blocks.some(({ plugins }) => plugins.has('log'))) return undefined;
  return { ...writeInstead, key: OVERRIDE_KEY };
}
