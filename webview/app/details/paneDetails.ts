/** What the side pane reads of the row it shows. */
import { toProblem } from '../../../src/base/problem.ts';
import type { HostPort } from '../messagePort.ts';
import type { RowPane, SidePane } from '../panelState.ts';

/** The pane with what the host says of its row. */
export async function paneRead(port: HostPort, pane: RowPane): Promise<RowPane> {
  try {
    if (pane.kind === 'lookup') {
      const details = await port.request({ kind: 'row/details', lookup: pane.lookup });
      return { ...pane, details, problem: undefined };
    }
    const details = await port.request({ kind: 'event/details', rows: pane.rows, id: pane.id });
    return { ...pane, details, problem: undefined };
  } catch (error) {
    const problem = toProblem(error, 'details-unread');
    // Those of the row before go now at the latest.
    if (pane.kind === 'event') return { ...pane, details: undefined, problem };
    return { ...pane, details: pane.details?.lookup.id === pane.lookup ? pane.details : undefined, problem };
  }
}

export function isOfSameRow(pane: SidePane | undefined, other: RowPane): boolean {
  if (pane?.kind === 'lookup') return other.kind === 'lookup' && other.lookup === pane.lookup;
  return pane?.kind === 'event' && other.kind === 'event' && other.rows === pane.rows && other.id === pane.id;
}
