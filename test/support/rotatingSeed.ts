/** Another seed each run, printed with the test so that a failure can be repeated: `DNSCOPE_SEED=N`. */
export function rotatingSeed(): number {
  const given = Number(process.env['DNSCOPE_SEED']);
  return Number.isSafeInteger(given) && given > 0 ? given : Date.now() % 2 ** 31;
}

/** A small fast generator (xorshift32); the same seed gives the same numbers on every machine. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Bytes that readers trip over: zero, the largest, sign bits, and small lengths. */
const AWKWARD = [0, 0xff, 0x7f, 0x80, 0xc0, 1, 4, 12];

/** One to eight edits: a byte changed, a piece cut out, doubled or cut off. */
export function mutated(input: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = input.slice();
  for (let edits = random(8); edits >= 0 && bytes.length > 0; edits--) {
    const at = random(bytes.length);
    const kind = random(12);
    if (kind === 0) {
      bytes = bytes.slice(0, at);
    } else if (kind === 1) {
      const rest = bytes.subarray(random(bytes.length));
      const spliced = new Uint8Array(at + rest.length);
      spliced.set(bytes.subarray(0, at));
      spliced.set(rest, at);
      bytes = spliced;
    } else if (kind < 6) bytes[at] = AWKWARD[random(AWKWARD.length)]!;
    else bytes[at] = random(256);
  }
  return bytes;
}
