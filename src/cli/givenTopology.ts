/** Who is behind the addresses, as `--topology` and `--corefile` say; `undefined` when neither was given. */
import { emptyTopology, type Topology } from '../core/topology/topology.ts';
import { corefileTopology } from '../session/cluster/corefileTopology.ts';
import { readGivenFile } from './givenFile.ts';
import type { CliIo } from './io.ts';
import { readTopologyFile } from './topologyFile.ts';

export async function givenTopology(
  args: { readonly topology: string | undefined; readonly corefile: string | undefined },
  io: Pick<CliIo, 'readFile'>,
): Promise<Topology | undefined> {
  const fromFile =
    args.topology === undefined ? undefined : readTopologyFile(args.topology, await readGivenFile(args.topology, io));
  if (args.corefile === undefined) return fromFile;
  const corefile = corefileTopology(new TextDecoder().decode(await readGivenFile(args.corefile, io)));
  return { ...(fromFile ?? emptyTopology), ...corefile };
}
