/** The panel's end of the protocol, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProblemError } from '../../src/base/problem.ts';
import type { PanelPush, PanelToHost } from '../../src/protocol/webview.ts';
import { asHostMessage, HostPort } from '../../webview/app/messagePort.ts';
import { snapshotUse } from '../../webview/app/snapshotOrder.ts';
import { asUiState, DEFAULT_UI_STATE } from '../../webview/app/uiState.ts';

function pipe() {
  const sent: PanelToHost[] = [];
  let handler: (message: unknown) => void = () => undefined;
  const transport = {
    post: (message: PanelToHost) => void sent.push(message),
    listen: (to: (message: unknown) => void) => {
      handler = to;
      return { dispose: () => undefined };
    },
  };
  return { sent, transport, receive: (message: unknown) => handler(message) };
}

test('a request settles with the reply of its id, whatever order replies come in', async () => {
  const { sent, transport, receive } = pipe();
  const port = new HostPort(transport);
  const first = port.request({ kind: 'view/nextFailure', view: 1, index: 0 });
  const second = port.request({ kind: 'view/nextFailure', view: 1, index: 9 });
  receive({ type: 'reply', reply: { id: sent[1]?.id, ok: true, value: { index: 12 } } });
  receive({ type: 'reply', reply: { id: sent[0]?.id, ok: true, value: { index: 3 } } });
  assert.deepEqual([await first, await second], [{ index: 3 }, { index: 12 }]);
  port.dispose();
});

test('a refusal, a silent host and a closed panel each settle a request with words', async () => {
  const codeOf = async (promise: Promise<unknown>): Promise<string> => {
    const thrown: unknown = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    return thrown instanceof ProblemError ? thrown.problem.code : 'none';
  };
  const { sent, transport, receive } = pipe();
  const port = new HostPort(transport, 1);
  const refused = codeOf(port.request({ kind: 'panel/ready' }));
  receive({ type: 'reply', reply: { id: sent[0]?.id, ok: false, problem: { code: 'stale-view', detail: 'Gone' } } });
  assert.equal(await refused, 'stale-view');
  assert.equal(await codeOf(port.request({ kind: 'panel/ready' })), 'host-silent');
  const closed = codeOf(port.request({ kind: 'action/run', action: { name: 'save' } }));
  port.dispose();
  assert.equal(await closed, 'panel-closed');
});

test('messages that are not the host’s are dropped; pushes are passed on', () => {
  const { transport, receive } = pipe();
  const port = new HostPort(transport);
  const pushes: PanelPush[] = [];
  port.onDidPush((push) => pushes.push(push));
  fc.assert(fc.property(fc.anything(), (message) => receive(message)));
  fc.assert(fc.property(fc.record({ type: fc.constantFrom('reply', 'push'), reply: fc.anything() }), receive));
  assert.deepEqual(pushes, []);
  assert.equal(asHostMessage({ type: 'push', push: { kind: 'steal/cookies' } }), undefined);
  receive({ type: 'push', push: { kind: 'focus/filter' } });
  assert.deepEqual(pushes, [{ kind: 'focus/filter' }]);
  port.dispose();
});

test('snapshots: newer wins, older is ignored, a gap asks, a new generation starts over', () => {
  const last = { generation: 2, seq: 7 };
  assert.equal(snapshotUse(undefined, last), 'apply');
  assert.equal(snapshotUse(last, { generation: 2, seq: 8 }), 'apply');
  assert.equal(snapshotUse(last, { generation: 2, seq: 7 }), 'ignore');
  assert.equal(snapshotUse(last, { generation: 2, seq: 10 }), 'apply-and-ask');
  assert.equal(snapshotUse(last, { generation: 1, seq: 99 }), 'ignore');
  assert.equal(snapshotUse(last, { generation: 3, seq: 0 }), 'apply');
});

test('saved state of any shape gives a sound one', () => {
  fc.assert(
    fc.property(fc.anything(), (saved) => {
      const state = asUiState(saved);
      assert.ok(state.columns.visible.length > 0 && state.share > 0 && state.share < 1);
    }),
  );
  assert.deepEqual(asUiState(undefined), DEFAULT_UI_STATE);
  const own = { ...DEFAULT_UI_STATE, filter: 'x', tab: 'watched', lookup: 4, generation: 2 };
  assert.deepEqual(asUiState(JSON.parse(JSON.stringify(own))), own);
});
