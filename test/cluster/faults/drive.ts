/** What recording a recipe and tracing it live share: what is asked for, when the traffic starts, and the traffic. */
import { labImages } from '../lab/images.ts';
import { runInPod } from '../lab/labClient.ts';
import { type FaultLab, shop } from './faultLab.ts';
import type { Recipe } from './recipe.ts';

const podOf = (recipe: Recipe): string => recipe.pod ?? 'client';

/** Arguments of `dnscope trace`; it is ended when the traffic is over, or after two minutes. */
export function traceArguments(recipe: Recipe): readonly string[] {
  const target = recipe.trace ?? [`pod/${podOf(recipe)}`];
  return [...target, '--json', '-n', shop, '--duration', '120s', '--yes', '--image', labImages.netshoot];
}

/** Runs the recipe's traffic to its end. */
export async function drive(recipe: Recipe, lab: FaultLab): Promise<void> {
  const traffic = ['sh', '-c', recipe.traffic];
  const script = runInPod(shop, podOf(recipe), traffic, { container: 'app', timeout: 120_000 });
  await Promise.all([script, recipe.meanwhile?.(lab)]);
}

/** A line of `trace --json` that says that every capture listens. */
export function isListening(line: string): boolean {
  const value = JSON.parse(line) as {
    readonly type: string;
    readonly captures?: readonly { readonly state: string }[];
  };
  const { type, captures = [] } = value;
  return type === 'state' && captures.length > 0 && captures.every(({ state }) => state === 'running');
}
