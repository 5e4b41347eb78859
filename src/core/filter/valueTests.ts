/** Typed tests over single values: a text, an address, or a chunk of numbers. */
import { parseIp } from '../corefile/ipAddress.ts';
import { ROWS } from '../trace/tables.ts';
import type { TopologyIndex } from '../topology/topologyIndex.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { FilterNode, ValueTest } from './ast.ts';
import { withoutFinalDot } from './values.ts';

export type Comparison = Extract<FilterNode, { readonly kind: 'compare' }>;

/** Whether one of the ways to write it passes; nothing written is no value, and passes nothing. */
export function textPasses(comparison: Comparison, texts: readonly string[]): boolean {
  if (texts.length === 0) return false;
  const passes = comparison.tests.some((test) => texts.some((text) => textPassesTest(test, text)));
  return passes !== comparison.negated;
}

function textPassesTest(test: ValueTest, text: string): boolean {
  switch (test.kind) {
    case 'equals':
      return text === test.text;
    case 'contains':
      return text.includes(test.text);
    case 'pattern':
      return test.pattern.test(text);
    default:
      return false;
  }
}

/** A name in lower case, with and without its final dot. */
export function nameTexts(name: string): readonly string[] {
  const text = name.toLowerCase();
  return [text, withoutFinalDot(text)];
}

/** `namespace/name` and the name alone; nothing when both are empty. */
export function objectTexts(namespace: string, name: string): readonly string[] {
  if (name === '') return [];
  const text = visibleText(name).toLowerCase();
  return namespace === '' ? [text] : [`${visibleText(namespace).toLowerCase()}/${text}`, text];
}

export function labelTexts(label: string): readonly string[] {
  return label === '' ? [] : [visibleText(label).toLowerCase()];
}

/** Whether an address passes one of these tests, ports aside: by its bytes, or by the pod, Service or node behind it. */
export function addressPasses(tests: readonly ValueTest[], address: string, topology: TopologyIndex): boolean {
  // Read once for all networks.
  let bytes: readonly number[] | undefined;
  return tests.some((test) => {
    if (test.kind !== 'network') return ownerPasses(test, address, topology);
    bytes ??= parseIp(address)?.bytes ?? [];
    return inNetwork(test, bytes);
  });
}

function ownerPasses(test: ValueTest, address: string, topology: TopologyIndex): boolean {
  const owner = topology.ownerOf(address);
  const texts =
    owner === undefined
      ? [address, ...labelTexts(topology.shortName(address))]
      : owner.kind === 'node'
        ? [address, ...labelTexts(owner.name)]
        : [address, ...objectTexts(...namesOf(owner))];
  return texts.some((text) => textPassesTest(test, text));
}

type ObjectOwner = Exclude<NonNullable<ReturnType<TopologyIndex['ownerOf']>>, { readonly kind: 'node' }>;

function namesOf(owner: ObjectOwner): readonly [namespace: string, name: string] {
  const { namespace, name } = owner.kind === 'pod' ? owner.pod : owner.service;
  return [namespace, name];
}

function inNetwork(test: Extract<ValueTest, { readonly kind: 'network' }>, bytes: readonly number[]): boolean {
  if (bytes.length !== test.bytes.length) return false;
  for (let bit = 0; bit < test.ones; bit += 8) {
    const kept = (0xff00 >> Math.min(8, test.ones - bit)) & 0xff;
    if (((bytes[bit >> 3]! ^ test.bytes[bit >> 3]!) & kept) !== 0) return false;
  }
  return true;
}

/** NaN is no value, and passes nothing: it is neither in a range nor on one side of it. */
export function fillRanges(comparison: Comparison, values: Float64Array, rows: number, out: Uint8Array): void {
  comparison.tests.forEach((test, index) => {
    if (test.kind !== 'range') return;
    const low = test.lowOpen ? nextUp(test.low) : test.low;
    const high = test.highOpen ? -nextUp(-test.high) : test.high;
    const own = index === 0 ? out : other.subarray(0, rows);
    if (comparison.negated) fillOutside(values, rows, low, high, own);
    else fillInside(values, rows, low, high, own);
    if (index === 0) return;
    if (comparison.negated) for (let row = 0; row < rows; row++) out[row]! &= own[row]!;
    else for (let row = 0; row < rows; row++) out[row]! |= own[row]!;
  });
}

const other = new Uint8Array(ROWS);

// Functions of their own: in a closure the bounds would be read again for every row.
function fillInside(values: Float64Array, rows: number, low: number, high: number, out: Uint8Array): void {
  for (let row = 0; row < rows; row++) out[row] = values[row]! >= low && values[row]! <= high ? 1 : 0;
}

function fillOutside(values: Float64Array, rows: number, low: number, high: number, out: Uint8Array): void {
  for (let row = 0; row < rows; row++) out[row] = values[row]! < low || values[row]! > high ? 1 : 0;
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next larger number, so that an open end becomes a closed one. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  float[0] = value;
  bits[0]! += value > 0 ? 1n : -1n;
  return float[0];
}
