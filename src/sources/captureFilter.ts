import { ProblemError } from '../base/problem.ts';

const MOST_PORTS = 16;

/**
 * The pcap filter for DNS on these ports. Built from numbers alone: nothing a user or a cluster wrote gets into it, so
 * no flag and no expression can be smuggled in.
 * @throws ProblemError `bad-ports`
 */
export function captureFilter(ports: readonly number[]): string {
  const distinct = [...new Set(ports)];
  const valid = distinct.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  if (!valid || distinct.length === 0 || distinct.length > MOST_PORTS) {
    throw new ProblemError({
      code: 'bad-ports',
      detail: 'A capture takes 1 to 16 ports, each a whole number from 1 to 65535',
      recover: 'Correct the ports',
    });
  }
  return distinct.map((port) => `port ${String(port)}`).join(' or ');
}
