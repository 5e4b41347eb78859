/**
 * What Services were earlier in a trace: a topology that follows the cluster is always of now, and an answer from before a change was right then.
 * It goes along in the topology, so that a saved trace knows it too.
 * Cost: one comparison of the Services' addresses for each new topology; what changed is kept, at most {@link MOST} Services.
 */
import type { Topology, TopologyService } from './topology.ts';

const MOST = 10_000;

export class ServiceChanges {
  /** `namespace/name` → every address it had, for Services that came or changed while the trace ran. */
  readonly #earlier = new Map<string, Set<string>>();

  /**
   * @param before the topology so far; one without Services says nothing about what there was
   * @returns the topology after, with what its Services were earlier
   */
  note(before: Topology, after: Topology): Topology {
    if (before.services.length > 0) this.#compare(before, after);
    if (this.#earlier.size === 0) return after;
    return { ...after, services: after.services.map((service) => this.#withEarlier(service)) };
  }

  #compare(before: Topology, after: Topology): void {
    const known = new Map(before.services.map((service) => [keyOf(service), service]));
    for (const service of after.services) {
      const earlier = known.get(keyOf(service));
      if (earlier !== undefined && isSame(earlier, service)) continue;
      const addresses = this.#earlier.get(keyOf(service)) ?? new Set();
      if (addresses.size === 0 && this.#earlier.size >= MOST) return;
      this.#earlier.set(keyOf(service), addresses);
      for (const address of earlier === undefined ? [] : addressesOf(earlier)) addresses.add(address);
    }
  }

  #withEarlier(service: TopologyService): TopologyService {
    const earlier = this.#earlier.get(keyOf(service));
    return earlier === undefined ? service : { ...service, earlier: [...earlier] };
  }
}

function keyOf({ namespace, name }: TopologyService): string {
  return `${namespace}/${name}`;
}

function addressesOf({ addresses, endpoints, unready = [] }: TopologyService): readonly string[] {
  return [...addresses, ...endpoints, ...unready];
}

function isSame(a: TopologyService, b: TopologyService): boolean {
  const [one, other] = [addressesOf(a), addressesOf(b)];
  return one.length === other.length && one.every((address, k) => address === other[k]);
}
