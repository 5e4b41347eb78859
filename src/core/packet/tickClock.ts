/**
 * pcapng time stamps (64-bit ticks of a per-interface resolution, if_tsresol and if_tsoffset, draft §4.2) as seconds and
 * nanoseconds, without BigInt a packet: long division in 16-bit steps is exact while the divisor is under 2^37.
 */
const EXACT_DIVISOR = 2 ** 37;

export class TickClock {
  seconds = 0;
  nanos = 0;
  readonly #divisor: number;
  readonly #nanosPerTick: number;
  readonly #offset: number;
  readonly #wideDivisor: bigint | undefined;

  /**
   * @param resolution if_tsresol as on the wire: top bit set means a negative power of 2, else of 10
   * @param offset     if_tsoffset, seconds to add
   */
  constructor(resolution: number, offset: number) {
    const exponent = resolution & 0x7f;
    const base = (resolution & 0x80) === 0 ? 10 : 2;
    this.#divisor = base ** exponent;
    this.#nanosPerTick = base === 10 && exponent <= 9 ? 10 ** (9 - exponent) : 0;
    this.#wideDivisor = this.#divisor >= EXACT_DIVISOR ? BigInt(base) ** BigInt(exponent) : undefined;
    this.#offset = offset;
  }

  /** Sets `seconds` and `nanos` from the two halves of the tick count. */
  read(high: number, low: number): void {
    if (this.#wideDivisor !== undefined) {
      const ticks = (BigInt(high) << 32n) | BigInt(low);
      this.seconds = Number(ticks / this.#wideDivisor) + this.#offset;
      this.nanos = Number(((ticks % this.#wideDivisor) * 1_000_000_000n) / this.#wideDivisor);
      return;
    }
    const divisor = this.#divisor;
    // Every dividend stays under 2^53, where floor(a / b) of doubles is exact.
    const top = Math.floor(high / divisor);
    let rest = (high - top * divisor) * 0x1_0000 + (low >>> 16);
    const middle = Math.floor(rest / divisor);
    rest = (rest - middle * divisor) * 0x1_0000 + (low & 0xffff);
    const bottom = Math.floor(rest / divisor);
    rest -= bottom * divisor;
    this.seconds = top * 0x1_0000_0000 + middle * 0x1_0000 + bottom + this.#offset;
    this.nanos =
      this.#nanosPerTick > 0 ? rest * this.#nanosPerTick : Math.min(Math.floor((rest / divisor) * 1e9), 999_999_999);
  }
}
