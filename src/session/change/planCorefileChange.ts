/**
 * The preflight of a Corefile change: what would be written over what, who else looks after it, what lint and the API server
 * say, which rights are missing, how the replicas come to run it. Writes nothing: reads, SelfSubjectAccessReviews and a
 * server-side dry run that names the very version that was read.
 */
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { ConfigMap, Pod } from '../../core/topology/kubeTypes.ts';
import type {
  ChangeBlocker,
  CorefileChangePlan,
  CorefileChangeRequest,
  CorefileVersion,
  TrialOffer,
} from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import {
  discoverCoreDns,
  mainCorefile,
  type CoreDnsDiscovery,
  type DnsObjects,
  type MainCorefile,
} from '../cluster/coreDns.ts';
import { findLive, withText } from '../cluster/liveCorefiles.ts';
import { metricsPorts } from '../cluster/coreDnsMetrics.ts';
import {
  effectiveCorefile,
  hashOf,
  isFixed,
  isOwed,
  mountsMap,
  OWED,
  readersOf,
  refusalText,
  reloadExpectation,
  replicaRef,
  surroundingsOf,
  type CorefileSurroundings,
  type EffectiveCorefile,
} from './coreDnsSetup.ts';
import { diffLines } from './lineDiff.ts';
import { managedBy } from './managedCorefile.ts';
import { isForCoreDns, lintOf, newErrors, type PartError } from './newErrors.ts';
import { describeCheck, roleYaml } from '../permissions.ts';
import { editedAnnotations } from './temporaryMark.ts';
import type { AccessCheck, KubeApi } from '../ports.ts';
import { readDnsObjects } from '../cluster/readDnsObjects.ts';
import type { MissingPermission } from '../trace/traceTypes.ts';
import { conflictProblem, versionOf, writeBody } from './writeCorefile.ts';
import { offerTrial } from './trialPod.ts';

/** What stands around a place: everything a plan rests on, read once. */
export interface CorefileSetup extends CorefileSurroundings {
  /** With the ConfigMap of the place as it was read last. */
  readonly objects: DnsObjects;
  readonly discovery: CoreDnsDiscovery | undefined;
  readonly place: CorefilePlace;
  readonly map: ConfigMap;
  readonly base: CorefileVersion;
  /** Pods that read it. */
  readonly readers: readonly Pod[];
  readonly template: Pod['spec'];
}

/** @throws ProblemError as {@link planCorefileChange} */
export async function readSetup(
  kube: KubeApi,
  wanted: CorefilePlace | undefined,
  signal?: AbortSignal,
): Promise<CorefileSetup> {
  const { value: read, problems } = await readDnsObjects(kube, signal);
  const place = wanted ?? mainPlace(kube, mainCorefile(discoverCoreDns(read), read.configMaps), problems);
  // Read by itself, as late as can be: its resourceVersion is what the write will name.
  const map = await kube.get('configmaps', place.namespace, place.name, signal);
  const configMaps = [...read.configMaps.filter(({ metadata }) => !isMap(metadata, place)), map];
  const objects = { ...read, configMaps };
  const discovery = discoverCoreDns(objects);
  const readers = readersOf(discovery, place);
  const own = discovery?.deployment?.spec?.template?.spec;
  const template = mountsMap(own, place.name) ? own : readers[0]?.spec;
  const around = surroundingsOf(objects, discovery, !problems.some(isAboutConfigMaps));
  return { ...around, objects, discovery, place, map, base: versionOf(place, map), readers, template };
}

/**
 * @param options `nowNs`: epoch nanoseconds, for the name of the throw-away pod
 * @throws ProblemError `corefile-not-found`, `not-found`, `forbidden` (the ConfigMap cannot be read), `cluster-unreachable`, `cancelled`
 */
export async function planCorefileChange(
  kube: KubeApi,
  request: CorefileChangeRequest,
  options: { readonly nowNs: bigint },
  signal?: AbortSignal,
): Promise<CorefileChangePlan> {
  const setup = await readSetup(kube, request.place, signal);
  const { objects, discovery, place, map, base, readers, template } = setup;
  const { deployment } = discovery ?? {};
  const before = effectiveCorefile(setup, place, base.text);
  const after = effectiveCorefile(setup, place, request.text);
  const unchanged = base.text === request.text && Object.keys(request.annotations ?? {}).length === 0;
  const facts = request.facts ?? setup.facts;
  const edited = withText(setup.live, place, request.text);
  const found = lintOf(edited, facts);
  const diagnostics = found.of(findLive(edited, place));
  const known = lintOf(base.absent === true ? setup.live : withText(setup.live, place, base.text), facts).errors;
  const fresh = newErrors(known, found.errors);
  const annotations = { ...editedAnnotations(map, place.key, request.text), ...request.annotations };
  const managed = managedBy(map, objects.configMaps);
  const runsByDeployment =
    deployment?.metadata?.name !== undefined && mountsMap(deployment.spec?.template?.spec, place.name);

  const missing = await missingPermissions(
    kube,
    place,
    runsByDeployment ? deployment?.metadata?.name : undefined,
    signal,
  );
  const blockers: ChangeBlocker[] = [
    ...conflictBlockers(request, base, map),
    ...lintBlockers(fresh, place),
    ...(unchanged ? [] : await dryRunBlockers(kube, base, { ...request, annotations }, signal)),
  ];
  for (const one of missing) {
    if (one.check.verb === 'patch' && one.check.resource === 'configmaps')
      blockers.push({ problem: forbidden(one), canForce: false });
  }
  const fixed = isFixed(setup, place);
  const owed = isOwed(place, readers, request.owed ?? []);
  const reload = owed ? OWED : reloadExpectation(before.model, fixed);
  const warnings: Problem[] = [
    ...(managed === undefined ? [] : [managed.problem]),
    ...knownErrors(
      found.errors.filter((one) => !fresh.includes(one)),
      place,
    ),
    ...changeWarnings(before, after, readers.length, place),
  ];
  const [oldHash, newHash] = [hashOf(before), hashOf(after)];
  const replicas = readers.map((pod) => replicaRef(pod, place.namespace));
  const yaml = roleYaml(missing, 'dnscope-corefile');
  const { context } = kube;
  return {
    context,
    place,
    cause: request.cause ?? 'edit',
    base,
    text: request.text,
    annotations,
    annotationsBefore: Object.fromEntries(
      Object.keys(annotations).map((key) => [key, map.metadata?.annotations?.[key]] as const),
    ),
    unchanged,
    diff: diffLines(base.text, request.text),
    diagnostics,
    ...(managed === undefined ? {} : { managed }),
    blockers,
    warnings,
    missing,
    ...(yaml === undefined ? {} : { roleYaml: yaml }),
    reload,
    reloadAfter: reloadExpectation(after.model, fixed),
    ...(owed ? { isOwed: true as const } : {}),
    trial: allowedTrial(
      missing,
      offerTrial({
        place,
        text: request.text,
        map,
        template,
        node: replicas[0]?.node,
        services: objects.services,
        nowNs: options.nowNs,
      }),
    ),
    replicas,
    watch: {
      ...(oldHash === undefined ? {} : { oldHash }),
      ...(newHash === undefined ? {} : { newHash }),
      metricsPorts: [...new Set([...metricsPorts(before.model), ...metricsPorts(after.model)])],
      ...(after.path === undefined ? {} : { path: after.path }),
    },
    ...(runsByDeployment && deployment?.metadata?.name !== undefined ? { deployment: deployment.metadata.name } : {}),
    question: `Write ${place.key} of ConfigMap ${place.name} in namespace ${place.namespace} of cluster ${context.cluster}?`,
    detail:
      `${String(replicas.length)} ${replicas.length === 1 ? 'pod reads' : 'pods read'} it (${context.server}, context ${context.name}). ${reload.text}. ` +
      refusalText(reload),
  };
}

/** A throw-away pod that could not be followed or removed is not offered. */
function allowedTrial(missing: readonly MissingPermission[], offer: TrialOffer): TrialOffer {
  const needed = missing.find(
    ({ check }) =>
      check.resource === 'pods' && check.subresource === undefined && ['create', 'get', 'delete'].includes(check.verb),
  );
  return needed === undefined || offer.kind === 'impossible'
    ? offer
    : { kind: 'impossible', problem: forbidden(needed) };
}

/** The place of the main Corefile. */
function mainPlace(kube: KubeApi, main: MainCorefile | undefined, problems: readonly Problem[]): CorefilePlace {
  const { name, namespace } = main?.map.metadata ?? {};
  if (main !== undefined && name !== undefined && namespace !== undefined) return { namespace, name, key: main.key };
  const refused = problems.find(isAboutConfigMaps);
  throw new ProblemError(
    refused ?? {
      code: 'corefile-not-found',
      detail: `No ConfigMap with a Corefile was found beside the DNS Service of cluster ${kube.context.cluster}`,
      recover: 'Some platforms keep it elsewhere; name the ConfigMap',
    },
  );
}

const isAboutConfigMaps = ({ code, resource }: Problem): boolean => code === 'forbidden' && resource === 'configmaps';

const isMap = (meta: ConfigMap['metadata'], place: CorefilePlace): boolean =>
  meta?.name === place.name && meta.namespace === place.namespace;

function conflictBlockers(
  { base: edited }: CorefileChangeRequest,
  base: CorefileVersion,
  map: ConfigMap,
): readonly ChangeBlocker[] {
  if (edited === undefined || edited.resourceVersion === base.resourceVersion) return [];
  // Another key or an annotation changed: nothing that this text rests on.
  if (edited.text === base.text) return [];
  return [{ problem: conflictProblem(base, map), canForce: false }];
}

function lintBlockers(errors: readonly PartError[], place: CorefilePlace): readonly ChangeBlocker[] {
  const recover = 'Mend the text, then apply again';
  const certain = errors.filter((error) => !isForCoreDns(error));
  const open = errors.filter(isForCoreDns);
  return [
    ...(certain.length === 0
      ? []
      : [
          {
            problem: {
              code: 'corefile-invalid',
              detail: `CoreDNS would refuse this Corefile: ${errorText(certain, place)}`,
              recover,
            },
            canForce: true,
          },
        ]),
    ...(open.length === 0
      ? []
      : [
          {
            problem: {
              code: 'plugin-unknown',
              detail: `An image may have a plugin that lint does not know: ${errorText(open, place)}`,
              recover,
            },
            canForce: true,
            untilTried: true as const,
          },
        ]),
  ];
}

/** The first error with its line, and how many more. */
function errorText(errors: readonly PartError[], { namespace, name, key }: CorefilePlace): string {
  const [first] = errors;
  if (first === undefined) return '';
  const { place, diagnostic } = first;
  const isHere = place.namespace === namespace && place.name === name && place.key === key;
  const where = isHere ? '' : ` of ${visibleText(place.key)} in ConfigMap ${visibleText(place.name)}`;
  const more = errors.length === 1 ? '' : ` (and ${String(errors.length - 1)} more)`;
  return `line ${String(diagnostic.start.line)}${where}: ${diagnostic.message}${more}`;
}

/** What the change neither brings nor takes away. */
function knownErrors(errors: readonly PartError[], place: CorefilePlace): readonly Problem[] {
  if (errors.length === 0) return [];
  const detail = `The text in the cluster has this already, so it does not stand in the way of the change: ${errorText(errors, place)}`;
  return [{ code: 'errors-known', detail }];
}

async function dryRunBlockers(
  kube: KubeApi,
  base: CorefileVersion,
  request: CorefileChangeRequest,
  signal: AbortSignal | undefined,
): Promise<readonly ChangeBlocker[]> {
  const body = writeBody(base, request.text, request.annotations ?? {});
  try {
    await kube.patch('configmaps', base.namespace, base.name, body, { dryRun: true }, signal);
    return [];
  } catch (error) {
    const problem = toProblem(error, 'dry-run-failed');
    // Missing rights are told with all the others.
    if (problem.code === 'forbidden') return [];
    if (problem.code === 'cancelled' || problem.code === 'cluster-unreachable') throw error;
    return [{ problem: problem.code === 'conflict' ? conflictProblem(base, undefined) : problem, canForce: false }];
  }
}

function changeWarnings(
  before: EffectiveCorefile,
  after: EffectiveCorefile,
  readers: number,
  place: CorefilePlace,
): readonly Problem[] {
  const warnings: Problem[] = [];
  const has = ({ model }: EffectiveCorefile, plugin: string): boolean =>
    model.corefile.incomplete || model.blocks.some((block) => block.incomplete || block.plugins.has(plugin));
  if (has(before, 'reload') && !has(after, 'reload'))
    warnings.push({
      code: 'reload-removed',
      detail: 'The new text has no reload plugin: replicas load it, but no later change without a restart',
      recover: 'Add reload to one server block',
    });
  if (
    metricsPorts(before.model).length > 0 &&
    metricsPorts(after.model).length === 0 &&
    !after.model.corefile.incomplete
  )
    warnings.push({
      code: 'metrics-removed',
      detail: 'The new text serves no metrics: what the replicas do can then only be read from their logs',
    });
  if (readers === 0)
    warnings.push({
      code: 'no-readers',
      detail: `No CoreDNS pod was seen to read ConfigMap ${place.namespace}/${place.name}: whether the change takes effect cannot be watched`,
    });
  return warnings;
}

const forbidden = ({ text }: MissingPermission): Problem => ({
  code: 'forbidden',
  detail: `Missing permission: ${text}`,
  recover: 'Ask the cluster administrator for it, or for the change itself',
});

async function missingPermissions(
  kube: KubeApi,
  { namespace, name }: CorefilePlace,
  deployment: string | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly MissingPermission[]> {
  const core = (verb: string, resource: string, subresource?: string): AccessCheck => ({
    verb,
    group: '',
    resource,
    namespace,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const wanted: readonly (readonly [AccessCheck, string])[] = [
    [{ ...core('patch', 'configmaps'), name }, 'To write the Corefile'],
    [core('list', 'pods'), 'To see the replicas'],
    [
      core('get', 'pods', 'proxy'),
      'To read from each replica’s metrics which configuration it runs, and its error rate',
    ],
    [core('get', 'pods', 'log'), 'To read from each replica’s log that it took or refused the configuration'],
    [core('create', 'pods'), 'To ask CoreDNS itself in a throw-away pod before writing'],
    [core('get', 'pods'), 'To follow the throw-away pod'],
    [core('delete', 'pods'), 'To remove the throw-away pod'],
    ...(deployment === undefined
      ? []
      : [
          [
            { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name: deployment },
            'To restart CoreDNS',
          ] as const,
        ]),
  ];
  const results = await kube.canI(
    wanted.map(([check]) => check),
    signal,
  );
  return results.flatMap((result, index) => {
    const entry = wanted[index];
    if (entry === undefined || result.allowed) return [];
    const [check, purpose] = entry;
    return [{ check, text: describeCheck(check), purpose }];
  });
}
