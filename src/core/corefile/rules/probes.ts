/** Whether what the kubelet's probes ask for is what the Corefile serves. Needs the pod's spec, so only with a cluster at hand. */
import { isLoopback, sameAddress } from '../addressRange.ts';
import { type ProbeFact, subjectServer } from '../clusterFacts.ts';
import type { EndpointModel, ServerBlockModel } from '../model.ts';
import { type Finding, type RuleContext, insertPlugin, liveBlocks, replaceToken, shown } from './rule.ts';

type EndpointPlugin = 'health' | 'ready' | 'prometheus';

const SERVED_BY: Readonly<Record<string, EndpointPlugin>> = {
  '/health': 'health',
  '/ready': 'ready',
  '/metrics': 'prometheus',
};

const COST = {
  liveness: 'the kubelet restarts the pod again and again',
  readiness: 'the pod never becomes ready and gets no queries',
} as const;

/** The plugin that answers a probe's path. */
export function pluginOfProbe({ path }: ProbeFact): EndpointPlugin | undefined {
  return Object.hasOwn(SERVED_BY, path) ? SERVED_BY[path] : undefined;
}

/** The first thing that keeps a probe from its answer. */
export function* probeFindings(context: RuleContext, kind: 'liveness' | 'readiness'): Iterable<Finding> {
  const probe = subjectServer(context.cluster)?.[kind];
  const plugin = probe === undefined ? undefined : pluginOfProbe(probe);
  if (probe?.port === undefined || plugin === undefined || context.purpose !== 'corefile') return;
  const blocks = liveBlocks(context);
  const served = blocks.flatMap((block) => (block[plugin] === undefined ? [] : [{ block, endpoint: block[plugin] }]));
  const first = served[0]?.endpoint;
  const asks = `The ${kind} probe asks ${shown(probe.path)} on port ${probe.port}`;
  if (first === undefined) {
    const block = blocks[0];
    const key = block?.node.keys[0]?.token;
    if (key === undefined || context.model.corefile.incomplete || blocks.some(({ incomplete }) => incomplete)) return;
    yield {
      severity: 'warning',
      message: `${asks}, but no block has ${plugin}: ${COST[kind]}. Add ${plugin}`,
      at: key,
      fixes: addPlugin(context, block, plugin, probe.port),
    };
    return;
  }
  if (served.some(({ endpoint }) => endpoint.port === undefined || answers(endpoint, probe))) return;
  const port = String(first.port);
  if (first.port === probe.port) {
    yield {
      severity: 'warning',
      message: `${asks}, but ${plugin} listens on ${shown(first.host)} only, where the kubelet can't reach it: ${COST[kind]}. Let it listen where the probe asks`,
      at: first.token,
    };
  } else {
    yield {
      severity: 'warning',
      message: `${asks}, but ${plugin} listens on port ${port}: ${COST[kind]}. Use one port for both`,
      at: first.token,
      fixes: movePort(first, plugin, probe.port),
    };
  }
}

function answers({ host, port }: EndpointModel, probe: ProbeFact): boolean {
  if (port !== probe.port) return false;
  if (host === '' || host === '0.0.0.0' || host === '::') return true;
  if (probe.host === undefined) return !(host === 'localhost' || isLoopback(host));
  return sameAddress(host, probe.host) || (host === 'localhost' && isLoopback(probe.host));
}

const USUAL_PORT: Readonly<Record<EndpointPlugin, number>> = { health: 8080, ready: 8181, prometheus: 9153 };

function addPlugin(
  context: RuleContext,
  block: ServerBlockModel | undefined,
  plugin: EndpointPlugin,
  port: number,
): NonNullable<Finding['fixes']> {
  const line = plugin !== 'prometheus' && USUAL_PORT[plugin] === port ? plugin : `${plugin} :${port}`;
  const edit = block === undefined ? undefined : insertPlugin(context, block, line);
  return edit === undefined ? [] : [{ title: `Add ${line}`, edits: [edit] }];
}

function movePort({ token, host }: EndpointModel, plugin: string, port: number): NonNullable<Finding['fixes']> {
  if (token.file !== '' || host.includes(':')) return [];
  const bare = token.text === plugin;
  const text = `${bare ? '' : host}:${port}`;
  return [{ title: `Listen on port ${port}`, edits: [replaceToken(token, bare ? `${plugin} ${text}` : text)] }];
}
