/**
 * What a capture reader delivers, one call a packet, nothing allocated.
 * Invariant: `bytes` belongs to the reader and is valid until it calls `onBufferDone`; copy what must last.
 */
export interface PacketSink {
  /**
   * @param bytes          buffer that holds the packet's captured bytes in `[start, end)`
   * @param originalLength length on the wire in bytes, may exceed `end - start` (snap length)
   * @param seconds        whole seconds since the Unix epoch (UTC)
   * @param nanos          nanoseconds within the second, 0..999_999_999
   * @param linkType       LINKTYPE_ value (tcpdump.org/linktypes)
   * @param interfaceIndex pcapng interface of the stream, 0 for pcap
   * @param streamOffset   position of the packet's first captured byte in the stream, in bytes
   */
  onPacket(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanos: number,
    linkType: number,
    interfaceIndex: number,
    streamOffset: number,
  ): void;
  /** The bytes of the packets so far are about to change. */
  onBufferDone?(): void;
  /** A pcapng interface was described (pcap: once, from the file header). Always before its first packet. */
  onInterface(description: CaptureInterface): void;
  /** Drops that the capture itself reports (pcapng interface statistics and packet options), counts since its start. */
  onDropCount?(interfaceIndex: number, dropped: number): void;
  /** A pcapng opt_comment of the packet that was delivered last. Hostile text. */
  onPacketComment?(interfaceIndex: number, comment: string): void;
  /** A pcapng name resolution record: canonical address text (RFC 5952) and its first name. Hostile text. */
  onAddressName?(address: string, name: string): void;
}

export interface CaptureInterface {
  readonly index: number;
  readonly linkType: number;
  /** pcapng if_name, else `undefined`. Hostile text. */
  readonly name?: string;
  /** pcapng if_description, else `undefined`. Hostile text. */
  readonly description?: string;
  /** pcapng opt_comment values of the interface block. Hostile text. */
  readonly comments?: readonly string[];
  /** pcapng opt_comment values of the section headers so far. Hostile text. */
  readonly sectionComments?: readonly string[];
}

/** State of a capture stream after the bytes given so far. */
export interface CaptureStreamState {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  readonly packets: number;
  readonly bytes: number;
  readonly linkTypes: readonly number[];
  /** The stream ended inside a record; all records before it were delivered. */
  readonly truncated: boolean;
  /** pcapng opt_comment values of the section headers. Hostile text. */
  readonly comments: readonly string[];
}

/** LINKTYPE_ values that {@link decodeFrame} understands. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  /** Some systems write DLT_RAW as 12 or 14 into files; the registered value is 101. */
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;
