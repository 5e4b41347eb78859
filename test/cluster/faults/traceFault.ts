/** A recipe made anew in the lab and watched by the built command line, as a user would. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Finding } from '../../../src/core/findings/finding.ts';
import type { LookupRow } from '../../../src/core/view/rows.ts';
import { podsWithTcpdump } from '../captureBench.ts';
import { labKubeconfig } from '../lab/labClient.ts';
import { drive, isListening, traceArguments } from './drive.ts';
import { FaultLab, shop } from './faultLab.ts';
import type { Recipe } from './recipe.ts';

const cli = resolve(import.meta.dirname, '../../../dist/cli.js');

export interface LiveFault {
  readonly findings: readonly Finding[];
  /** Each as it was told last. */
  readonly lookups: readonly LookupRow[];
  /** Vantages as `role namespace/pod`. */
  readonly watched: readonly string[];
  /** What was asked and told before and during the trace, on standard error. */
  readonly told: string;
  /** Pods in which tcpdump still ran when the command had ended. */
  readonly left: readonly string[];
}

type Line =
  | ({ readonly type: 'lookup' } & LookupRow)
  | { readonly type: 'summary'; readonly findings: readonly Finding[] }
  | { readonly type: 'state'; readonly captures: readonly { readonly vantage: string; readonly role: string }[] }
  | { readonly type: 'finding' | 'loss' | 'gap' };

/** Brings the fault about, traces the recipe's pod while its traffic runs, and mends the lab. */
export async function traceFault(recipe: Recipe): Promise<LiveFault> {
  const lab = new FaultLab();
  try {
    await recipe.apply(lab);
    return await traced(recipe, lab);
  } finally {
    await lab.mend();
  }
}

async function traced(recipe: Recipe, lab: FaultLab): Promise<LiveFault> {
  const child = spawn(process.execPath, [cli, 'trace', ...traceArguments(recipe)], {
    env: { ...process.env, KUBECONFIG: labKubeconfig() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const lines: Line[] = [];
  let traffic: Promise<unknown> | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line) as Line);
    // Ctrl+C, as soon as there is nothing more to see.
    if (traffic !== undefined || !isListening(line)) continue;
    traffic = drive(recipe, lab).finally(() => child.kill('SIGINT'));
    traffic.catch(() => undefined);
  }
  await traffic;
  assert.deepEqual(await ended, [0, null], told);
  const left = await podsWithTcpdump(shop);
  const summary = lines.at(-1);
  assert.ok(summary?.type === 'summary', 'the last line is the summary');
  const lookups = new Map<number, LookupRow>();
  const watched = new Set<string>();
  for (const line of lines) {
    if (line.type === 'lookup') lookups.set(line.id, line);
    if (line.type === 'state') for (const { role, vantage } of line.captures) watched.add(`${role} ${vantage}`);
  }
  return { findings: summary.findings, lookups: [...lookups.values()], watched: [...watched], told, left };
}
