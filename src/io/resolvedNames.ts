/**
 * What Wireshark shows instead of addresses: `namespace/pod`, `namespace/service`, a node's name, what a capture
 * file called it. Only addresses that the
 * trace has, in blocks of a size that every reader takes.
 */
import { parseIp } from '../core/corefile/ipAddress.ts';
import type { TopologyIndex } from '../core/topology/topologyIndex.ts';

const IN_A_BLOCK = 200;
const MOST_NAMES = 20_000;

export interface ResolvedName {
  readonly address: Uint8Array;
  readonly name: string;
}

export function* resolvedNames(topology: TopologyIndex, seen: ReadonlySet<string>): Generator<readonly ResolvedName[]> {
  let names: ResolvedName[] = [];
  let count = 0;
  for (const address of seen) {
    const name = topology.shortName(address);
    const parsed = name === address ? undefined : parseIp(address);
    if (parsed === undefined || count++ >= MOST_NAMES) continue;
    names.push({ address: Uint8Array.from(parsed.bytes), name });
    if (names.length < IN_A_BLOCK) continue;
    yield names;
    names = [];
  }
  if (names.length > 0) yield names;
}
