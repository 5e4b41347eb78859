// Suffixes of a Kubernetes quantity (k8s.io/apimachinery/pkg/api/resource): binary, decimal, and thousandths.
const SCALE: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes of a memory quantity such as `170Mi`, `1e9` or `128974848`; `undefined` for what is none. */
export function quantityBytes(text: string): number | undefined {
  const match = /^(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE]([+-]?\d{1,2})|(Ki|Mi|Gi|Ti|Pi|Ei|[mkMGTPE])?)$/.exec(
    text,
  );
  if (match === null) return undefined;
  const scale = match[2] === undefined ? SCALE[match[3] ?? ''] : 10 ** Number(match[2]);
  return Math.ceil(Number(match[1]) * (scale ?? 1));
}
