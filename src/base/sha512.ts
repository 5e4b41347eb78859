/**
 * SHA-512 (FIPS 180-4) of a text's UTF-8 bytes, in pure ECMAScript: the rooms that need it see neither Node nor a browser.
 * 64-bit words are BigInts: about 20 ms for the 6 kB that a Corefile comes to, and read from start to end against the
 * standard in a minute. Not for secrets or bulk data: it is slow and its time depends on the data.
 */
const MASK = (1n << 64n) - 1n;

/** First `count` primes. */
function primes(count: number): readonly bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate += 1n) {
    if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  }
  return found;
}

/** Largest r with r^power ≤ value. */
function integerRoot(value: bigint, power: bigint): bigint {
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= value) low = middle;
    else high = middle;
  }
  return low;
}

interface Constants {
  readonly rounds: readonly bigint[];
  readonly start: readonly bigint[];
}
let constants: Constants | undefined;

/** The first 64 bits of the fractions of the primes' cube and square roots (4.2.3, 5.3.5). */
function constantsOf(): Constants {
  constants ??= {
    rounds: primes(80).map((prime) => integerRoot(prime << 192n, 3n) & MASK),
    start: primes(8).map((prime) => integerRoot(prime << 128n, 2n) & MASK),
  };
  return constants;
}

const rotate = (word: bigint, by: bigint): bigint => ((word >> by) | (word << (64n - by))) & MASK;

/** 128 hexadecimal digits, lower case. */
export function sha512(text: string): string {
  const { rounds, start } = constantsOf();
  const bytes = padded(new TextEncoder().encode(text));
  const view = new DataView(bytes.buffer);
  let state = [...start];
  const words = new Array<bigint>(80).fill(0n);
  const word = (index: number): bigint => words[index] ?? 0n;
  for (let block = 0; block < bytes.length; block += 128) {
    for (let index = 0; index < 16; index += 1) words[index] = view.getBigUint64(block + index * 8);
    for (let index = 16; index < 80; index += 1) {
      const early = word(index - 15);
      const late = word(index - 2);
      const small = rotate(early, 1n) ^ rotate(early, 8n) ^ (early >> 7n);
      const large = rotate(late, 19n) ^ rotate(late, 61n) ^ (late >> 6n);
      words[index] = (word(index - 16) + small + word(index - 7) + large) & MASK;
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let index = 0; index < 80; index += 1) {
      const mixed = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
      const first = h + mixed + ((e & f) ^ (~e & MASK & g)) + (rounds[index] ?? 0n) + word(index);
      const second = (rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
    }
    state = state.map((before, index) => (before + ([a, b, c, d, e, f, g, h][index] ?? 0n)) & MASK);
  }
  return state.map((part) => part.toString(16).padStart(16, '0')).join('');
}

function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((message.length + 17) / 128) * 128;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  new DataView(bytes.buffer).setBigUint64(length - 8, BigInt(message.length) * 8n);
  return bytes;
}
