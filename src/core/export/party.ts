/** Who stands behind an address and a port, as far as the topology or the vantage says. */
import { visibleText } from '../../base/visibleText.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

export interface Party {
  readonly address: string;
  readonly port: number;
  readonly kind: 'pod' | 'service' | 'node' | undefined;
  readonly namespace: string | undefined;
  /** Name of the pod, Service or node. */
  readonly name: string | undefined;
  /** Node of a pod. */
  readonly node: string | undefined;
}

/** Looks each address up once. */
export class Parties {
  readonly #engine: TraceEngine;
  readonly #known = new Map<number, Omit<Party, 'port'>>();

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  /** @param vantage for a client: the pod that was watched, when the address alone says nothing */
  at(addressId: number, port: number, vantage = NO_VANTAGE): Party {
    const key = addressId * (NO_VANTAGE + 1) + vantage;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = ownerOf(this.#engine, addressId, vantage);
      this.#known.set(key, known);
    }
    const { address, kind, namespace, name, node } = known;
    return { address, port, kind, namespace, name, node };
  }
}

/** Vantages are 16 bits in the columns. */
const NO_VANTAGE = 0xffff;

function ownerOf(engine: TraceEngine, addressId: number, vantage: number): Omit<Party, 'port'> {
  const address = engine.trace.addresses.textOf(addressId);
  const owner = engine.topology.ownerOf(address);
  const nobody = { address, kind: undefined, namespace: undefined, name: undefined, node: undefined };
  if (owner?.kind === 'pod') {
    const { namespace, name, node } = owner.pod;
    return { address, kind: 'pod', ...shown(namespace, name, node) };
  }
  const watched = engine.trace.vantages[vantage]?.vantage;
  // A hostNetwork pod shares its node's address: the namespace that was watched says more.
  if (watched?.role === 'client' && watched.pod !== undefined && owner?.kind !== 'service') {
    return { address, kind: 'pod', ...shown(watched.namespace, watched.pod, watched.node) };
  }
  switch (owner?.kind) {
    case 'service':
      return { address, kind: 'service', ...shown(owner.service.namespace, owner.service.name, undefined) };
    case 'node':
      return { ...nobody, kind: 'node', name: visibleText(owner.name) };
    case undefined:
      return nobody;
  }
}

function shown(
  namespace: string | undefined,
  name: string | undefined,
  node: string | undefined,
): Pick<Party, 'namespace' | 'name' | 'node'> {
  const visible = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : visibleText(text);
  return { namespace: visible(namespace), name: visible(name), node: visible(node) };
}
