/**
 * What became of the cluster's DNS while a trace ran: pods of CoreDNS and NodeLocal that came, went or changed their readiness, and another Corefile.
 * Cost: one comparison of those pods and of the server blocks for each new topology; at most {@link MOST} changes are kept.
 */
import type { Topology, TopologyPod } from './topology.ts';

export interface DnsChange {
  /** Epoch nanoseconds of when it was noticed. */
  readonly atNs: bigint;
  /** One sentence, with names from the cluster. Hostile text. */
  readonly text: string;
}

const MOST = 1000;

export class DnsChanges {
  readonly #all: DnsChange[] = [];

  get all(): readonly DnsChange[] {
    return this.#all;
  }

  /** What a saved trace says. */
  add(changes: readonly DnsChange[]): void {
    this.#all.push(...changes.slice(0, MOST - this.#all.length));
  }

  /** @param before the topology so far; one without pods of DNS says nothing about what there was */
  note(before: Topology, after: Topology, atNs: bigint): void {
    const old = dnsPods(before);
    const now = dnsPods(after);
    if (old.size === 0) return;
    const texts: string[] = [];
    for (const [key, pod] of now) {
      const earlier = old.get(key);
      if (earlier === undefined) texts.push(`${titleOf(pod)} came`);
      else if (earlier.ready !== pod.ready) texts.push(`${titleOf(pod)} is ${pod.ready ? 'ready again' : 'not ready'}`);
    }
    for (const [key, pod] of old) if (!now.has(key)) texts.push(`${titleOf(pod)} is gone`);
    if (before.servers !== undefined && after.servers !== undefined && !isSame(before, after))
      texts.push('The Corefile changed');
    this.add(texts.map((text) => ({ atNs, text })));
  }
}

function dnsPods({ pods }: Topology): ReadonlyMap<string, TopologyPod> {
  return new Map(pods.filter(({ role }) => role !== 'workload').map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
}

function titleOf({ role, name }: TopologyPod): string {
  return `${role === 'coredns' ? 'CoreDNS' : 'NodeLocal'} pod ${name}`;
}

/** By what of it is known: a comment alone is no change. */
function isSame(before: Topology, after: Topology): boolean {
  const text = ({ servers, upstreams }: Topology): string => JSON.stringify([servers, upstreams]);
  return text(before) === text(after);
}
