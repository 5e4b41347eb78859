/**
 * A fault that the lab can be put into, with the traffic that shows it. `recordFault.ts` records one, undoing all of it afterwards;
 * the capture lies in test/fixtures/faults under the recipe's file name.
 */
import type { FaultLab } from './faultLab.ts';

export interface Recipe {
  /** What is broken, and how, in a sentence or two. */
  readonly about: string;
  /** Why and how the fault is brought about otherwise than in nature, when it is. */
  readonly provoked?: string;
  /** The recipe with the same traffic and without the fault; absent in those. */
  readonly healthy?: string;
  /** `severity id hop cause` of every finding that the capture gives, in the order shown. */
  readonly expected: readonly string[];
  /** What `dnscope trace` is asked for, without namespace, image and agreement; that pod with every CoreDNS pod unless given. */
  readonly trace?: readonly string[];
  /** Brings the fault about. What it changes through the lab is undone by the lab. */
  readonly apply: (lab: FaultLab) => Promise<void>;
  /** Pod that the traffic runs in, and that is watched; `client` unless given. */
  readonly pod?: string;
  /** A shell script for that pod, run once all captures listen; ends by itself. */
  readonly traffic: string;
  /** What happens to the lab while the traffic runs. */
  readonly meanwhile?: (lab: FaultLab) => Promise<void>;
}

/** Slowness of this machine, which every recording may show, is worth an information and is in no list. */
const MACHINE = /^info slow /u;

export const isExpected = (recipe: Recipe, told: readonly string[]): boolean => {
  const relevant = told.filter((line) => recipe.expected.includes(line) || !MACHINE.test(line));
  return JSON.stringify(relevant) === JSON.stringify(recipe.expected);
};
