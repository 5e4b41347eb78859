import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../../src/base/problem.ts';
import { restart, type RestartOptions } from '../../../src/host/changes/restart.ts';
import { CorednsReplicas } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

type Told = readonly [string, readonly string[]];
type Labels = readonly { readonly label: string }[];

/** Agrees to everything, and answers `true` to what offers a choice. */
function begin(): {
  readonly options: RestartOptions;
  readonly told: Told[];
  readonly kube: InMemoryKube;
  readonly clock: ManualClock;
  readonly cancel: AbortController;
} {
  const kube = new InMemoryKube();
  const clock = new ManualClock();
  new CorednsReplicas(kube, clock);
  const deployment = kube.peek('deployments', 'kube-system', 'coredns');
  assert.ok(deployment !== undefined);
  // As of a rollout that has not begun.
  kube.put('deployments', { ...deployment, status: { ...deployment.status, updatedReplicas: 0 } });
  const told: Told[] = [];
  const cancel = new AbortController();
  const show = async (text: string, choices: Labels = []): Promise<true | undefined> => {
    told.push([text, choices.map(({ label }) => label)]);
    return Promise.resolve(choices.length === 0 ? undefined : true);
  };
  const run = async (
    _: string,
    task: (signal: AbortSignal, report: () => void) => Promise<unknown>,
  ): Promise<unknown> => task(cancel.signal, () => undefined);
  const notify = {
    confirm: async () => Promise.resolve(true),
    progress: run,
    run,
    info: show,
    problem: async ({ code }: Problem, choices: Labels) => show(code, choices),
    guard: async (work: Promise<unknown>) => work,
  };
  const connection = { acquire: async () => Promise.resolve({ kube, dispose: () => undefined }) };
  return { options: { notify, clock, connection } as unknown as RestartOptions, told, kube, clock, cancel };
}

function stall(kube: InMemoryKube): void {
  const deployment = kube.peek('deployments', 'kube-system', 'coredns');
  assert.ok(deployment !== undefined);
  const conditions = [{ type: 'Progressing', status: 'False', message: 'ProgressDeadlineExceeded' }];
  kube.put('deployments', {
    ...deployment,
    status: { ...deployment.status, observedGeneration: deployment.metadata?.generation ?? 1, conditions },
  });
}

test('new pods that do not come up with a change bring the offer to roll it back', async () => {
  const { options, told, kube } = begin();
  let backs = 0;
  const done = restart(options, 'lab', async () => Promise.resolve((backs += 1)));
  await settled();
  stall(kube);
  assert.equal(await done, false);
  await settled();
  assert.deepEqual(told, [['rollout-failed', ['Roll Back']]]);
  assert.equal(backs, 1);
});

test('who stops watching the restart may roll back as well; without a change there is nothing to offer', async () => {
  const stopped = begin();
  let backs = 0;
  const done = restart(stopped.options, 'lab', async () => Promise.resolve((backs += 1)));
  await settled();
  stopped.cancel.abort();
  assert.equal(await done, false);
  await settled();
  assert.match(stopped.told[0]?.[0] ?? '', /^No longer watching/);
  assert.deepEqual([stopped.told[0]?.[1], backs], [['Roll Back'], 1]);
  const plain = begin();
  const failing = restart(plain.options, 'lab');
  await settled();
  stall(plain.kube);
  assert.equal(await failing, false);
  assert.deepEqual(plain.told, [['rollout-failed', []]]);
});
