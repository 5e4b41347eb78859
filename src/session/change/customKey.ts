import type { CorefilePurpose } from '../../core/corefile/rules/rule.ts';
import { OVERRIDE_KEY } from './planTemporaryChange.ts';

/** What may stand in a ConfigMap beside the platform's Corefile: plugins inside its blocks, or blocks of one's own. */
export type CustomKind = Extract<CorefilePurpose, 'override' | 'server'>;

/** Kubernetes allows so many characters in a key. */
const LONGEST = 253;

/** Keys to which an edit may be appended: not our own, which goes away with the temporary change that it stands for. */
export function appendableKeys(kind: CustomKind, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => key.endsWith(`.${kind}`) && key !== OVERRIDE_KEY);
}

/** A name for a new key of its kind. */
export function freeKey(kind: CustomKind, taken: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const key = `dnscope${count === 1 ? '' : `-${String(count)}`}.${kind}`;
    if (!taken.includes(key)) return key;
  }
}

/** What is wrong with a name for a new key: the API would refuse it, or nothing would import it. `undefined`: nothing. */
export function keyProblem(key: string, kind: CustomKind, taken: readonly string[]): string | undefined {
  if (!key.endsWith(`.${kind}`)) return `The name ends in .${kind}: only such keys are imported there`;
  if (key === `.${kind}` || key.startsWith('.'))
    return `Something stands before .${kind}, and the name begins with no dot`;
  if (!/^[-._a-zA-Z0-9]+$/u.test(key)) return 'A key has letters, digits, dots, hyphens and underscores only';
  if (key.length > LONGEST) return `A key has at most ${String(LONGEST)} characters`;
  if (key === OVERRIDE_KEY) return 'That key is for the query log that is switched on for a while';
  return taken.includes(key) ? 'A key of that name is there already' : undefined;
}
