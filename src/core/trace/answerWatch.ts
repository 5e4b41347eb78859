/**
 * Which names' answers are worth keeping: those the user expects addresses for, and those of the Services at hand; and which answers to the former are
 * wrong, so that they are kept before right ones.
 * Why not every name below `svc.cluster.local`: search lists make names there without end, and all of them are denied.
 */
import { DnsType } from '../dns/types.ts';
import type { TopologyIndex } from '../topology/topologyIndex.ts';

export class AnswerWatch {
  /** Names absolute and in lower case. */
  readonly expect: ReadonlyMap<string, readonly string[]>;
  #topology: TopologyIndex | undefined;

  constructor(expect: ReadonlyMap<string, readonly string[]>) {
    this.expect = expect;
  }

  /** Services to watch from now on. */
  follow(topology: TopologyIndex): void {
    this.#topology = topology;
  }

  isWatched(name: string): boolean {
    return this.isExpected(name) || this.#topology?.serviceNamed(name) !== undefined;
  }

  isExpected(name: string): boolean {
    return this.expect.has(name);
  }

  /** An answer with other addresses of a family that the user names, or none. */
  isWrong(name: string, qtype: number, addresses: readonly string[], isCut: boolean): boolean {
    const right = expectedOf(this.expect, name, qtype);
    if (right.size === 0) return false;
    return addresses.length === 0 ? !isCut : addresses.some((address) => !right.has(address));
  }
}

/** The expected addresses of the asked family. */
export function expectedOf(
  expect: ReadonlyMap<string, readonly string[]>,
  name: string,
  qtype: number,
): ReadonlySet<string> {
  return ofFamily(expect.get(name) ?? [], qtype);
}

/** Those that an answer to A or AAAA may hold. */
export function ofFamily(addresses: readonly string[], qtype: number): ReadonlySet<string> {
  return new Set(addresses.filter((address) => address.includes(':') === (qtype === DnsType.AAAA)));
}
