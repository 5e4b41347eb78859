/**
 * What is known of NodeLocal DNSCache (rule R8): the addresses it answers at on every node, and those from which it asks CoreDNS.
 * It listens at a link-local address and mostly at the DNS Service's too, and asks from the node's own, so that its two legs have no
 * address in common. Packets of both are seen in the node's network namespace alone.
 * Cost: one byte looked up a query; nothing else happens in a trace without NodeLocal.
 */
import { IdCounts, IdSet } from './byId.ts';
import type { AddressTable } from './addressTable.ts';
import type { Topology } from '../topology/topology.ts';
import { NONE } from './tables.ts';

/** One query with the same name at the same time may be a pod's own; three are not. */
const ENOUGH_GUESSES = 3;

/** 169.254.20.10 and the like. Clouds answer DNS and metadata at 169.254.169.x (RFC 3927 addresses are not routed). */
export function isNodeLocalAddress(text: string): boolean {
  return text.startsWith('169.254.') && !text.startsWith('169.254.169.');
}

export class NodeLocal {
  readonly #addresses: AddressTable;
  readonly #servers = new IdSet();
  /** Addresses whose text was looked at and is none of its own. */
  readonly #others = new IdSet();
  /** Stands for all addresses that it answers at. */
  #hop = NONE;
  /** Addresses it asks from, of all nodes. */
  readonly sources = new IdSet();
  /** Addresses of pods and whoever asked it: it never asks from one. */
  readonly #clients = new IdSet();
  /** How often an address asked what a client of NodeLocal waited for. */
  readonly #guesses = new IdCounts();

  constructor(addresses: AddressTable) {
    this.#addresses = addresses;
  }

  /** Some query went to it, or the topology has it. */
  get isThere(): boolean {
    return this.#hop !== NONE;
  }

  /** The address under which its queries are found, NONE while there is none. */
  get hop(): number {
    return this.#hop;
  }

  /** The address that stands for a server: itself but for those of NodeLocal. */
  hopOf(server: number): number {
    return this.isServer(server) ? this.#hop : server;
  }

  /** A pod, or whoever asked it. */
  askedBy(client: number): void {
    this.#clients.add(client);
  }

  isClient(address: number): boolean {
    return this.#clients.has(address);
  }

  /**
   * Another query from this address served a client of NodeLocal.
   * @returns whether it is known by now to be one that NodeLocal asks from
   */
  servedFrom(address: number): boolean {
    this.#guesses.add(address);
    if (this.#guesses.get(address) >= ENOUGH_GUESSES) this.sources.add(address);
    return this.sources.has(address);
  }

  /** Where it runs it answers at the DNS Service's address as well, and asks from the node's. */
  know({ pods, services, nodes }: Topology): void {
    const nodesWithIt = new Set(pods.filter(({ role }) => role === 'nodelocal').map(({ node }) => node));
    if (nodesWithIt.size === 0) return;
    const addresses = this.#addresses;
    for (const { addresses: own, isDns } of services)
      if (isDns) for (const address of own) this.addServer(addresses.intern(address));
    for (const node of nodes)
      if (nodesWithIt.has(node.name)) for (const address of node.addresses) this.sources.add(addresses.intern(address));
    for (const pod of pods)
      if (!pod.hostNetwork) for (const address of pod.addresses) this.askedBy(addresses.intern(address));
  }

  isServer(server: number): boolean {
    // Nearly every address is none of its own.
    if (this.#others.has(server)) return false;
    if (this.#servers.has(server)) return true;
    const is = isNodeLocalAddress(this.#addresses.textOf(server));
    if (is) this.addServer(server);
    else this.#others.add(server);
    return is;
  }

  /** It answers at this address, too: the DNS Service's. */
  addServer(server: number): void {
    if (this.#hop === NONE) this.#hop = server;
    this.#servers.add(server);
    this.#others.delete(server);
  }
}
