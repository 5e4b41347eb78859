/** What is known of a message beside the messages themselves: kept in side tables, because hardly any transaction has one. */
import type { IcmpErrorKind } from '../packet/icmpError.ts';

/** An ICMP error about a message of a transaction. */
export interface IcmpErrorEvent {
  readonly kind: IcmpErrorKind;
  readonly type: number;
  readonly code: number;
  /** Largest packet that gets through, bytes; 0 when it does not say. */
  readonly mtu: number;
  /** Id of the address that reports it. */
  readonly from: number;
  /** Whether the query could not be delivered, or the response: then the client was no longer waiting. */
  readonly about: 'query' | 'response';
  /** Trace time, ns. */
  readonly time: number;
  readonly vantage: number;
  /** 1-based number of the packet in its stream, where it is there, and its captured length. */
  readonly packet: number;
  readonly offset: number;
  readonly packetLength: number;
}

/** Part of a message came, the rest did not: whoever waited for it never got it. */
export interface LostFragmentsEvent {
  readonly about: 'query' | 'response';
  /** Bytes of the message that came. */
  readonly received: number;
  /** Trace time of the first fragment, ns. */
  readonly time: number;
  readonly vantage: number;
  /** Of its first fragment. */
  readonly packet: number;
  readonly offset: number;
  readonly packetLength: number;
}

/** ICMP errors about packets from or to one server, also those with no message to join: refused connections have none. */
export interface IcmpTally {
  readonly server: number;
  readonly port: number;
  readonly proto: number;
  readonly kind: IcmpErrorKind;
  readonly about: 'query' | 'response';
  count: number;
  /** Those joined to a transaction. */
  joined: number;
}
