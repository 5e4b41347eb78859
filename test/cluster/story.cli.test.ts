/** Seed 000 through `dnscope trace --json`: the finding, the lookups behind it and what is left, as a script sees them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import type { Finding } from '../../src/core/findings/finding.ts';
import type { LookupRow } from '../../src/core/view/rows.ts';
import { captureImage, podsWithTcpdump } from './captureBench.ts';
import { labKubeconfig, startScenario } from './lab/labClient.ts';
import {
  silentUpstream,
  silentUpstreamNames as names,
  type SilentUpstreamFacts,
} from './lab/scenarios/silentUpstream.ts';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

type Line =
  | ({ readonly type: 'lookup' } & LookupRow)
  | ({ readonly type: 'finding' } & Finding)
  | { readonly type: 'summary'; readonly findings: readonly Finding[] }
  | { readonly type: 'loss' | 'gap' | 'state' };

async function traced(): Promise<readonly Line[]> {
  const target = ['trace', `deploy/${names.deployment}`, '-n', names.namespace, '--duration', '20s'];
  const child = spawn(process.execPath, [cli, ...target, '--json', '--yes', '--image', captureImage()], {
    env: { ...process.env, KUBECONFIG: labKubeconfig() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as Line);
  assert.deepEqual(await ended, [0, null], told);
  return lines;
}

describe('dnscope trace --json', () => {
  let story: Awaited<ReturnType<typeof startScenario<SilentUpstreamFacts>>>;
  let lines: readonly Line[] = [];
  before(async () => {
    story = await startScenario(silentUpstream);
    lines = await traced();
  });
  after(() => story.stop());

  it('ends with a summary that blames the silent upstream and nothing else', () => {
    const summary = lines.at(-1);
    assert.ok(summary?.type === 'summary', 'the last line');
    assert.equal(lines.filter(({ type }) => type === 'summary').length, 1);
    const errors = summary.findings.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ id, hop, confidence, subject }) => ({ id, hop, confidence, upstream: subject['upstream'] })),
      [{ id: 'upstream-no-answer', hop: 'upstream', confidence: 'strong', upstream: story.facts.upstream }],
    );
    assert.ok((errors[0]?.evidence.samples.length ?? 0) > 0, 'lookups stand as evidence');
    // A loaded machine is slow; besides that, a healthy name is nothing above an info at no moment of the trace.
    const findings = [...summary.findings, ...lines.filter((line) => line.type === 'finding')];
    for (const finding of findings.filter(({ severity, id }) => severity !== 'info' && id !== 'slow'))
      assert.ok(!JSON.stringify(finding).includes(names.answered), finding.title);
  });

  it('tells the failed lookups with their way, the upstream failed', () => {
    const ways = lines.flatMap((line) =>
      line.type === 'lookup' && line.name === `${names.silent}.` && line.rcode === 'SERVFAIL'
        ? [line.way.filter(({ state }) => state !== 'unused').map(({ hop, state }) => `${hop} ${state}`)]
        : [],
    );
    const whole = ways.filter((way) => way.includes('upstream failed'));
    assert.ok(whole.length > 0, JSON.stringify(ways));
    for (const way of whole) assert.deepEqual(way, ['client ok', 'kube-dns ok', 'coredns ok', 'upstream failed']);
    // A lookup under way when the captures begin may lack its upstream leg; that blames nobody else.
    for (const way of ways) assert.ok(!way.some((mark) => /^(client|kube-dns|coredns) failed/.test(mark)), way.join());
  });

  it('leaves no tcpdump in the pod or beside CoreDNS', async () => {
    assert.deepEqual(await podsWithTcpdump(names.namespace), []);
  });
});
