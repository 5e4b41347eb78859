import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { processComment, readProcessComment } from '../../../src/core/trace/processComment.ts';
import { PacketProcesses, ProcessTable } from '../../../src/core/trace/processes.ts';
import { CURL } from '../../support/nodeStory.ts';

test('a process survives the round, whatever it is called, and so does a comment that follows it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), fc.nat(), (command, pid) => {
      const said = processComment({ ...CURL, pid, command });
      assert.match(said, /^[\x20-\x7e]*$/u);
      assert.deepEqual(readProcessComment(said), { facts: { ...CURL, pid, command }, rest: undefined });
      assert.equal(readProcessComment(`${said}\nseen twice`)?.rest, 'seen twice');
    }),
  );
});

test('comments of ptcpdump tell process, thread and user, each by itself or all in one', () => {
  const process = 'PID: 4711\nCmd: /usr/bin/curl\nArgs: curl http://api\nUserId: 1';
  const thread = 'ThreadId: 4712\nThreadName: resolver';
  const user = 'UserId: 1000\nGroupId: 1000';
  const curl = { pid: 4711, path: '/usr/bin/curl', command: 'curl' };
  assert.deepEqual(readProcessComment('PID: 4711\nCmd: /usr/bin/curl\nArgs: curl http://api')?.facts, curl);
  assert.deepEqual(readProcessComment(thread)?.facts, { tid: 4712 });
  assert.deepEqual(readProcessComment(user)?.facts, { uid: 1000 });
  const all = [process, thread, 'GroupId: 1'].join('\n');
  assert.deepEqual(readProcessComment(all)?.facts, { ...curl, tid: 4712, uid: 1 });
  assert.equal(readProcessComment(all)?.rest, all, 'they say more than is read');
});

test('what is not about a process is a comment like any other', () => {
  const ours = (json: string): string => `dnscope:process:${json}`;
  for (const comment of [
    '',
    'PID: -1',
    'PID: 99999999999',
    'see PID: 4',
    ours('{}'),
    ours('{"pid":-1}'),
    ours('[1]'),
    ours('{'),
    'ContainerName: a',
  ])
    assert.equal(readProcessComment(comment), undefined, comment);
  assert.deepEqual(readProcessComment(ours('{"pid":1,"command":{"a":1},"uid":"x"}'))?.facts, { pid: 1 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      for (const comment of [body, ours(body), `PID: 1\n${body}`]) readProcessComment(comment);
    }),
  );
});

test('each process is kept once, there is an end to them, and nothing is known of other packets', () => {
  const table = new ProcessTable();
  assert.equal(table.idOf(CURL), 1);
  assert.equal(table.idOf({ ...CURL }), 1);
  assert.equal(table.idOf({ ...CURL, pid: 1 }), 2);
  for (let pid = 10; table.size < 0xffff; pid++) table.idOf({ pid });
  assert.equal(table.idOf({ pid: 5 }), 0);
  assert.equal(table.of(0), undefined);
  assert.deepEqual(table.of(1), CURL);
  const packets = new PacketProcesses();
  packets.set(1000, 0xffff);
  assert.deepEqual([packets.of(1000), packets.of(999), packets.of(5000)], [0xffff, 0, 0]);
});
