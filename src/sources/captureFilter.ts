/**
 * The pcap filter of a live capture: DNS, and what the network says about DNS. Besides the packets of its ports it takes
 * - what is encrypted on 853, where only the flow can be seen
 * - ICMP errors "unreachable" and "too big" whose quoted packet is one of these ports, so a busy pod's other errors stay out
 * - fragments of UDP within the first 8 KiB of a packet: only the first fragment has ports, so they can't be told apart further.
 *   Larger DNS messages don't come over UDP; larger packets of others (tunnels, file systems) are left out mostly.
 * Each test is one of a header's fields, a few instructions a packet in the kernel. Bytes by number and no names such as
 * `icmp6[…]`: tcpdump in small images is often old.
 */
import { ProblemError } from '../base/problem.ts';
import { ENCRYPTED_DNS_PORT } from '../core/dns/ports.ts';
import { MOST_CAPTURE_PORTS } from '../session/trace/traceTypes.ts';

/** Of a fragment's beginning within its packet: in units of 8 bytes for IPv4; for IPv6 in bytes above three flag bits. */
const LAST_OFFSET_V4 = 0x400;
const LAST_OFFSET_V6 = 0x2007;

/** Where the ports of the packet that an ICMP error quotes stand: behind the quoted header, whose length IPv4 tells in its first byte. */
const QUOTED_V4 = ['icmp[8 + ((icmp[8] & 15) << 2) : 2]', 'icmp[10 + ((icmp[8] & 15) << 2) : 2]'];
const QUOTED_V6 = ['ip6[88 : 2]', 'ip6[90 : 2]'];

/**
 * Built from numbers alone: nothing a user or a cluster wrote gets into it, so no flag and no expression can be smuggled in.
 * @throws ProblemError `bad-ports`
 */
export function captureFilter(ports: readonly number[]): string {
  const asked = [...new Set(ports)];
  const valid = asked.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  if (!valid || asked.length === 0 || asked.length > MOST_CAPTURE_PORTS) {
    throw new ProblemError({
      code: 'bad-ports',
      detail: `A capture takes 1 to ${String(MOST_CAPTURE_PORTS)} ports, each a whole number from 1 to 65535`,
      recover: 'Correct the ports',
    });
  }
  const taken = [...new Set([...asked, ENCRYPTED_DNS_PORT])];
  const quotes = (places: readonly string[]): string =>
    taken.flatMap((port) => places.map((place) => `${place} = ${String(port)}`)).join(' or ');
  return [
    ...taken.map((port) => `port ${String(port)}`),
    `(icmp[0] = 3 and (${quotes(QUOTED_V4)}))`,
    `(ip6[6] = 58 and (ip6[40] = 1 or ip6[40] = 2) and (${quotes(QUOTED_V6)}))`,
    `(ip[9] = 17 and ip[6 : 2] & 0x1fff != 0 and ip[6 : 2] & 0x1fff <= ${String(LAST_OFFSET_V4)})`,
    `(ip6[6] = 44 and ip6[40] = 17 and ip6[42 : 2] <= ${String(LAST_OFFSET_V6)})`,
  ].join(' or ');
}
