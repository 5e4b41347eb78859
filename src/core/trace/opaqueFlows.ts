/**
 * Flows that carry DNS and cannot be read: TLS or QUIC on port 853, HTTPS to servers known for DNS, and whatever CoreDNS is told to
 * reach over TLS. They are counted a server, so that nothing says "silent" where it should say "encrypted".
 */
import { ENCRYPTED_DNS_PORT, HTTPS_PORT } from '../dns/ports.ts';
import { addressText } from '../packet/address.ts';
import { type Frame, TcpFlag, IpProtocol } from '../packet/frame.ts';
import type { AddressTable } from './addressTable.ts';

/** Public resolvers that answer DNS over HTTPS at the address that serves them over port 53 too. */
const HTTPS_RESOLVERS: readonly string[] = [
  '1.1.1.1',
  '1.0.0.1',
  '1.1.1.2',
  '1.0.0.2',
  '1.1.1.3',
  '1.0.0.3',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  '8.8.8.8',
  '8.8.4.4',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '9.9.9.9',
  '9.9.9.10',
  '9.9.9.11',
  '149.112.112.112',
  '2620:fe::fe',
  '2620:fe::9',
  '94.140.14.14',
  '94.140.15.15',
  '208.67.222.222',
  '208.67.220.220',
];

export interface OpaqueTally {
  readonly server: number;
  readonly port: number;
  /** `port`: 853 says so; `resolver`: a public resolver's HTTPS; `upstream`: the Corefile says so. */
  readonly why: 'port' | 'resolver' | 'upstream';
  /** Connections of TCP; of QUIC, client sockets. */
  flows: number;
  packets: number;
  /** Packets that the server sent: 0 means that it is silent whatever is inside. */
  fromServer: number;
  /** Trace time of its first and last packet, ns. */
  readonly firstTime: number;
  lastTime: number;
}

const MOST_SERVERS = 1000;
/** Sockets remembered in all; more than that, and some flows may count twice. */
const MOST_SOCKETS = 131_072;

interface Watched {
  readonly tally: OpaqueTally;
  /** Client socket → sequence number of the SYN seen last, -1 for none. */
  readonly sockets: Map<number, number>;
}

export class OpaqueFlows {
  /** By `address id:port`. */
  readonly tallies = new Map<string, OpaqueTally>();
  readonly #addresses: AddressTable;
  readonly #watched = new Map<string, Watched>();
  readonly #endpoints = new Map<string, OpaqueTally['why']>();
  #remembered = 0;

  constructor(addresses: AddressTable) {
    this.#addresses = addresses;
    for (const address of HTTPS_RESOLVERS) this.#endpoints.set(`${address} ${String(HTTPS_PORT)}`, 'resolver');
  }

  /** Ports that any watched endpoint has. */
  get ports(): readonly number[] {
    return [...new Set([...this.#endpoints.keys()].map((key) => Number(key.split(' ')[1]))), ENCRYPTED_DNS_PORT];
  }

  /** CoreDNS asks this server over TLS, HTTPS, QUIC or gRPC. */
  watch(address: string, port: number): void {
    if (this.#endpoints.size < MOST_SERVERS) this.#endpoints.set(`${address} ${String(port)}`, 'upstream');
  }

  /** @returns whether the frame belongs to such a flow, which is now counted */
  take(bytes: Uint8Array, frame: Frame, time: number): boolean {
    const toServer = this.#why(bytes, frame.dstStart, frame.addressLength, frame.dstPort);
    const why = toServer ?? this.#why(bytes, frame.srcStart, frame.addressLength, frame.srcPort);
    if (why === undefined) return false;
    const isToServer = toServer !== undefined;
    const [serverStart, clientStart] = isToServer ? [frame.dstStart, frame.srcStart] : [frame.srcStart, frame.dstStart];
    const [port, clientPort] = isToServer ? [frame.dstPort, frame.srcPort] : [frame.srcPort, frame.dstPort];
    const server = this.#addresses.idOf(bytes, serverStart, frame.addressLength);
    const watched = this.#watch(server, port, why, time);
    if (watched === undefined) return true;
    const { tally, sockets } = watched;
    tally.packets++;
    tally.lastTime = Math.max(tally.lastTime, time);
    if (!isToServer) tally.fromServer++;
    const socket = this.#addresses.idOf(bytes, clientStart, frame.addressLength) * 65_536 + clientPort;
    const isSyn = frame.protocol === IpProtocol.tcp && (frame.tcpFlags & (TcpFlag.syn | TcpFlag.ack)) === TcpFlag.syn;
    const known = sockets.get(socket);
    if (known !== undefined && (!isSyn || known === frame.tcpSeq)) return true;
    tally.flows++;
    if (known === undefined && ++this.#remembered > MOST_SOCKETS) this.#forgetSockets();
    sockets.set(socket, isSyn ? frame.tcpSeq : -1);
    return true;
  }

  #forgetSockets(): void {
    for (const { sockets } of this.#watched.values()) sockets.clear();
    this.#remembered = 1;
  }

  #why(bytes: Uint8Array, start: number, length: number, port: number): OpaqueTally['why'] | undefined {
    const known = this.#endpoints.get(`${addressText(bytes, start, length)} ${String(port)}`);
    return known ?? (port === ENCRYPTED_DNS_PORT ? 'port' : undefined);
  }

  #watch(server: number, port: number, why: OpaqueTally['why'], time: number): Watched | undefined {
    const key = `${String(server)}:${String(port)}`;
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      if (this.#watched.size >= MOST_SERVERS) return undefined;
      const tally = { server, port, why, flows: 0, packets: 0, fromServer: 0, firstTime: time, lastTime: time };
      watched = { tally, sockets: new Map() };
      this.#watched.set(key, watched);
      this.tallies.set(key, tally);
    }
    return watched;
  }
}
