import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { generate } from '../../../scripts/embedAgent.ts';
import { SUPERVISOR_SCRIPT } from '../../../src/session/trace/agentScripts.ts';
import { leaseCommand } from '../../../src/session/trace/captureContainer.ts';

const root = path.resolve(import.meta.dirname, '../../..');

describe('the scripts that run in pods', () => {
  it('are embedded as their files say; node scripts/embedAgent.ts brings them up to date', () => {
    assert.equal(readFileSync(path.join(root, 'src/session/trace/agentScripts.ts'), 'utf8'), generate());
  });

  it('are small enough for the URL of an exec behind any proxy', () => {
    assert.ok(encodeURIComponent(SUPERVISOR_SCRIPT).length < 4096);
  });

  it('hold none of the words that POSIX sh does not know', () => {
    for (const name of ['supervisor.sh', 'idle.sh']) {
      const text = readFileSync(path.join(root, 'agent', name), 'utf8');
      const code = text.replace(/^\s*#.*$/gm, '');
      assert.doesNotMatch(code, /\[\[|\blocal\b|\bread -t\b|<\(|\$'|\bfunction\b|\beval\b|`/, name);
      assert.equal(spawnSync('sh', ['-n', path.join(root, 'agent', name)]).status, 0, name);
    }
  });

  it('take a lease as a number, whatever is asked', () => {
    for (const seconds of [0, 300, -5, 0.2]) assert.match(leaseCommand(seconds)[4] ?? '', /^\d+$/);
  });
});
