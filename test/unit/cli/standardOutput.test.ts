/** What happens to the program when nobody reads its output any more. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../../..');
const flags = ['--disable-warning=ExperimentalWarning'];

test('a closed pipe is told once, however many writes come after it', async () => {
  // Writes on after its reader has gone, and says on standard error how often it was told.
  const program = `
    import { once } from 'node:events';
    import { writerTo } from ${JSON.stringify(pathToFileURL(path.join(root, 'src/cli/standardOutput.ts')).href)};
    let told = 0;
    const lost = Promise.withResolvers();
    const write = writerTo(process.stdout, (error) => { told++; process.stderr.write(error.code + ' '); lost.resolve(); });
    write('first line\\n');
    await once(process.stdin.resume(), 'end');
    write('x'); write('y');
    await lost.promise;
    for (let i = 0; i < 5; i++) { write('z'); await new Promise(setImmediate); }
    process.stderr.write(String(told));`;
  const child = spawn(process.execPath, [...flags, '--input-type=module', '-e', program]);
  const ended = once(child, 'exit');
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const closed = once(child.stderr, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end();
  assert.deepEqual(await ended, [0, null]);
  await closed;
  assert.equal(told, 'EPIPE 1');
});

test('lint ends with 0 and without a word when its reader is gone', async () => {
  const child = spawn(process.execPath, [...flags, path.join(root, 'src/cli/main.ts'), 'lint', '-']);
  const ended = once(child, 'exit');
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end('. {\n  forwrad . 1.1.1.1\n}\n');
  assert.deepEqual(await ended, [0, null]);
  assert.equal(told, '');
});

test('--help behind a command is answered, not refused', async () => {
  for (const command of ['analyze', 'export', 'trace', 'lint']) {
    const child = spawn(process.execPath, [...flags, path.join(root, 'src/cli/main.ts'), command, '--help']);
    const ended = once(child, 'exit');
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    assert.deepEqual(await ended, [0, null], command);
    assert.match(told, new RegExp(`dnscope ${command} `, 'u'));
  }
});
