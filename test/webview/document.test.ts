import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPanelPage } from '../support/panelPage.ts';

test('the panel starts, asks for its state and breaks no rule of its document', async () => {
  const posted: unknown[] = [];
  const restore = { trace: '</script><img src=x onerror=alert(1)>' };
  await using panel = await openPanelPage((message) => posted.push(message), restore);
  await panel.page.locator('.progress-ring').waitFor();
  assert.deepEqual(posted, [{ type: 'request', id: 1, request: { kind: 'panel/ready' } }]);
  assert.equal(await panel.page.locator('img').count(), 0);
  assert.deepEqual(panel.complaints, []);
});
