/** The supervisor itself, in every POSIX shell at hand, over a tcpdump of this test's own: no privilege needed. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { IDLE_SCRIPT, SUPERVISOR_SCRIPT } from '../../../src/session/trace/agentScripts.ts';

const candidates: readonly (readonly string[])[] = [
  ['/bin/dash'],
  ['/bin/bash'],
  ['/bin/busybox', 'ash'],
  ['/usr/bin/busybox', 'ash'],
];
const shells = candidates.filter(([file]) => existsSync(file ?? ''));
if (shells.length === 0) shells.push(['sh']);

const alive = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0;

/** Settles when the process is gone; the test's time limit is the limit. */
async function gone(pid: number): Promise<void> {
  while (alive(pid)) await once(spawn('sleep', ['0.1']), 'close');
}

describe('the supervisor', { timeout: 120_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dnscope-supervisor-'));
    // Speaks like tcpdump: says that it listens, counts on SIGUSR1, ends on SIGTERM; `STUCK` makes it deaf.
    const fake = [
      '#!/bin/sh',
      'echo "arguments: $*" >&2',
      'echo "pid $$" >&2',
      'trap "echo 3 packets captured >&2" USR1',
      '[ -n "${STUCK:-}" ] && trap "" TERM || trap "echo 4 packets captured >&2; exit 0" TERM',
      '[ -z "${BROKEN:-}" ] || { echo "tcpdump: any: no such device" >&2; exit 1; }',
      'echo "tcpdump: listening on any, link-type LINUX_SLL2" >&2',
      'printf pcap',
      'while :; do sleep 0.1; done',
    ].join('\n');
    await writeFile(path.join(folder, 'tcpdump'), fake);
    await chmod(path.join(folder, 'tcpdump'), 0o755);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  interface Run {
    readonly child: ChildProcess;
    stderr: string;
    stdout: string;
    until(text: string): Promise<void>;
    readonly exit: Promise<number | null>;
  }

  function start(shell: readonly string[], timeout: number, env: NodeJS.ProcessEnv = {}): Run {
    const [file = 'sh', ...rest] = shell;
    const args = [
      ...rest,
      '-c',
      SUPERVISOR_SCRIPT,
      'dnscope',
      '1536',
      '4096',
      String(timeout),
      'port 53; $(id)',
      path.join(folder, 'mark'),
    ];
    const child = spawn(file, args, {
      env: { ...process.env, ...env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    const waiters: { readonly text: string; readonly resolve: () => void }[] = [];
    const run: Run = {
      child,
      stderr: '',
      stdout: '',
      until: (text) =>
        new Promise((resolve) => {
          if (run.stderr.includes(text)) resolve();
          else waiters.push({ text, resolve });
        }),
      exit: once(child, 'close').then(([code]) => code as number | null),
    };
    child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      run.stderr += chunk.toString();
      for (const { text, resolve } of waiters) if (run.stderr.includes(text)) resolve();
    });
    return run;
  }

  const pidOf = (run: Run): number => Number(/pid (\d+)/.exec(run.stderr)?.[1]);

  for (const shell of shells) {
    const name = shell.map((part) => path.basename(part)).join(' ');
    it(`${name}: ends on "end", forwards counters, interprets no argument`, async () => {
      const run = start(shell, 60);
      await run.until('listening');
      await run.until('3 packets captured');
      assert.ok(run.stderr.includes(`dnscope: netns ${readlinkSync('/proc/self/ns/net')}\n`), 'says where it is');
      run.child.stdin?.write('\nend\n');
      assert.equal(await run.exit, 0);
      assert.match(run.stderr, /arguments: -i any .* -s 1536 -B 4096 -w - port 53; \$\(id\)\n/);
      assert.match(run.stderr, /dnscope: ending end-of-input\n[\s\S]*4 packets captured[\s\S]*dnscope: ended/);
      assert.equal(run.stdout, 'pcap');
      assert.equal(alive(pidOf(run)), false);
    });

    it(`${name}: ends when stdin ends`, async () => {
      const run = start(shell, 60);
      await run.until('listening');
      run.child.stdin?.end();
      assert.equal(await run.exit, 0);
      assert.equal(alive(pidOf(run)), false);
    });

    it(`${name}: ends when heartbeats stop, also a tcpdump that does not listen`, async () => {
      const run = start(shell, 2, { STUCK: '1' });
      await run.until('listening');
      assert.equal(await run.exit, 0);
      assert.match(run.stderr, /dnscope: ending heartbeat-lost/);
      assert.equal(alive(pidOf(run)), false);
    });

    it(`${name}: takes tcpdump along when it is killed`, async () => {
      const run = start(shell, 60);
      await run.until('3 packets captured'); // the clock has ticked: every part of it runs
      run.child.kill('SIGKILL');
      await gone(pidOf(run));
    });

    it(`${name}: says why when tcpdump fails or is not there`, async () => {
      const broken = start(shell, 60, { BROKEN: '1' });
      assert.equal(await broken.exit, 1);
      assert.match(broken.stderr, /no such device\ndnscope: tcpdump-exit 1/);
      const [file = 'sh', ...rest] = shell;
      const none = spawnSync(file, [...rest, '-c', SUPERVISOR_SCRIPT, 'dnscope', '1', '1', '1', 'x', 'm'], {
        env: { PATH: '/nonexistent' },
      });
      assert.equal(none.status, 127);
      assert.match(none.stderr.toString(), /^dnscope: no-tcpdump$/m);
    });

    it(`${name}: the idle container keeps its lease, and stays for a capture`, async () => {
      const [file = 'sh', ...rest] = shell;
      const lease = path.join(folder, 'lease');
      const capture = spawn('sleep', ['60']);
      await writeFile(`${lease}.capture.${capture.pid ?? 0}`, '');
      const idle = spawn(file, [...rest, '-c', IDLE_SCRIPT, 'dnscope', '1000', lease]);
      const ended = once(idle, 'close');
      await writeFile(lease, '0\n');
      while (existsSync(lease)) await once(spawn('sleep', ['0.1']), 'close'); // the idle loop has read it
      assert.equal(idle.exitCode, null);
      capture.kill();
      assert.deepEqual((await ended)[0], 0);
      await rm(`${lease}.capture.${capture.pid ?? 0}`);
    });
  }
});
