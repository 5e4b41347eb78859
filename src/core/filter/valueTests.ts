/** Typed tests over single values: a text, an address, or a chunk of numbers. */
import { parseIp } from '../corefile/ipAddress.ts';
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

/** Whether an address passes a test that asks for no port: by its bytes, or by the pod, Service or node behind it. */
export function addressPasses(test: ValueTest, address: string, topology: TopologyIndex): boolean {
  if (test.kind === 'network') return inNetwork(test, address);
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

export function inNetwork(test: Extract<ValueTest, { readonly kind: 'network' }>, address: string): boolean {
  const bytes = parseIp(address)?.bytes;
  if (bytes?.length !== test.bytes.length) return false;
  for (let bit = 0; bit < test.ones; bit += 8) {
    const kept = (0xff00 >> Math.min(8, test.ones - bit)) & 0xff;
    if (((bytes[bit >> 3]! ^ test.bytes[bit >> 3]!) & kept) !== 0) return false;
  }
  return true;
}

/** NaN is no value, and passes nothing. */
export function fillRanges(comparison: Comparison, values: Float64Array, rows: number, out: Uint8Array): void {
  const { tests, negated } = comparison;
  const yes = negated ? 0 : 1;
  const no = 1 - yes;
  tests.forEach((test, index) => {
    if (test.kind !== 'range') return;
    const { low, high, lowOpen, highOpen } = test;
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      if ((lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high)) out[row] = yes;
      else if (index === 0) out[row] = value === value ? no : 0;
    }
  });
}
