/** Who is behind the addresses, as `--topology` and `--corefile` say; `undefined` when neither was given. */
import { ProblemError } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import { emptyTopology, type Topology } from '../core/topology/topology.ts';
import { corefileTopology } from '../session/cluster/corefileTopology.ts';
import { readGivenFile, textOf } from './givenFile.ts';
import type { CliIo } from './io.ts';
import { readTopologyFile } from './topologyFile.ts';

export async function givenTopology(
  args: { readonly topology: string | undefined; readonly corefile: string | undefined },
  io: Pick<CliIo, 'readFile'>,
): Promise<Topology | undefined> {
  const fromFile =
    args.topology === undefined ? undefined : readTopologyFile(args.topology, await readGivenFile(args.topology, io));
  if (args.corefile === undefined) return fromFile;
  const corefile = textOf(await readGivenFile(args.corefile, io));
  if (corefile === undefined)
    throw new ProblemError({
      code: 'bad-corefile',
      detail: `${visibleText(args.corefile)} isn't text`,
      recover: 'Name a Corefile with --corefile',
    });
  return { ...(fromFile ?? emptyTopology), ...corefileTopology(corefile) };
}
