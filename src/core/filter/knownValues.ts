import { visibleText } from '../../base/visibleText.ts';
import type { FindingSet } from '../findings/evaluateFindings.ts';
import { plural } from '../findings/findingRule.ts';
import { workloadOf } from '../topology/workloadOf.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { FilterContext, KnownValue } from './complete.ts';

/** Most values of a kind that are offered. */
const MOST = 500;

/** What a trace and its topology offer as values; costs a look at each distinct server and the first few hundred of the rest. */
export function knownValues(engine: TraceEngine, { findings }: FindingSet): FilterContext {
  const { trace, topology } = engine;
  const { pods, nodes, servers = [] } = topology.topology;
  const vantagePods = trace.vantages.flatMap(({ vantage: { namespace, pod, node } }) =>
    namespace === undefined || pod === undefined ? [] : [{ namespace, name: pod, node }],
  );
  const allPods = [...vantagePods, ...pods];
  const asked = [...trace.serverAsked].sort((a, b) => b[1] - a[1]);
  return {
    names: first(trace.names.size, (id) => ({ text: trace.names.textOf(id), help: 'asked for in this trace' })),
    pods: distinct(
      allPods.map(({ namespace, name, node = '' }) =>
        known(`${namespace}/${name}`, node === '' ? 'pod' : `pod on ${node}`),
      ),
    ),
    workloads: distinct(
      allPods.map(({ namespace, name }) => known(`${namespace}/${workloadOf(name)}`, 'pods of this workload')),
    ),
    namespaces: distinct(allPods.map(({ namespace }) => known(namespace, 'namespace'))),
    nodes: distinct([
      ...nodes.map(({ name }) => known(name, 'node')),
      ...allPods.flatMap(({ node }) => (node === undefined ? [] : [known(node, 'node')])),
    ]),
    clients: first(trace.addresses.size, (id) => addressValue(engine, id, '')),
    servers: asked.slice(0, MOST).map(([id, times]) => addressValue(engine, id, `asked ${plural(times, 'time')}`)),
    upstreams: distinct(
      [...trace.upstreams.values()].map(({ server, asked: times }) =>
        addressValue(engine, server, `asked ${plural(times, 'time')}`),
      ),
    ),
    vantages: distinct(trace.vantages.map(({ vantage }) => known(vantage.name, vantage.role))),
    commands: distinct(
      Array.from({ length: Math.min(trace.processes.size, MOST) }, (_, id) => {
        const { command = '', pid } = trace.processes.of(id + 1)!;
        return known(command, `process ${String(pid)}`);
      }),
    ),
    netns: distinct(
      trace.vantages.flatMap(({ netns, vantage }) => (netns === undefined ? [] : [known(String(netns), vantage.name)])),
    ),
    times: timesOf(engine),
    findings: findings.map(({ filter, title }) => known(filter.slice('finding:'.length), title)),
    corefileLines: servers.flatMap(({ line, label, forwards, kubernetes }) => [
      known(String(line), label),
      ...forwards.map((forward) => known(String(forward.line), `forward ${forward.from}`)),
      ...(kubernetes === undefined ? [] : [known(String(kubernetes.line), 'kubernetes')]),
    ]),
  };
}

/** To the millisecond, as long as that is. */
function timesOf({ trace }: TraceEngine): readonly KnownValue[] {
  if (!Number.isFinite(trace.firstTime)) return [];
  const text = (time: number): string => new Date(trace.epochUs(time) / 1000).toISOString();
  return [known(text(trace.firstTime), 'when the trace began'), known(text(trace.now), 'when its latest packet came')];
}

function known(text: string, help: string): KnownValue {
  return { text: visibleText(text), help: visibleText(help) };
}

function addressValue({ trace, topology }: TraceEngine, id: number, help: string): KnownValue {
  const address = trace.addresses.textOf(id);
  const name = topology.shortName(address);
  const parts = [name === address ? '' : name, help].filter((part) => part !== '');
  return known(address, parts.length === 0 ? 'address' : parts.join(', '));
}

function first(size: number, valueOf: (id: number) => KnownValue): readonly KnownValue[] {
  return Array.from({ length: Math.min(size, MOST) }, (_, id) => valueOf(id));
}

function distinct(values: readonly KnownValue[]): readonly KnownValue[] {
  return [...new Map(values.map((value) => [value.text, value])).values()]
    .filter(({ text }) => text !== '')
    .slice(0, MOST);
}
