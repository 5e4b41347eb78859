/** What a new page of the panel asks its host for, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SortOrder } from '../../src/protocol/sortOrder.ts';
import type { PanelRequest } from '../../src/protocol/webview.ts';
import { asHostMessage, HostPort } from '../../webview/app/messagePort.ts';
import type { PanelState } from '../../webview/app/panelState.ts';
import { TraceController } from '../../webview/app/traceController.ts';
import type { FakeHost } from '../../webview/gallery/fakeHost.ts';
import { SCENARIOS } from '../../webview/gallery/scenarios.ts';

const bySlowest: SortOrder = { column: 'latency', descending: true };

/** One host, and pages of the panel that come and go with the saved state between them. */
class Window {
  readonly host: FakeHost;
  readonly views: Extract<PanelRequest, { kind: 'view/set' }>[] = [];
  #saved: unknown;

  constructor() {
    const scenario = SCENARIOS['story'];
    assert.ok(scenario);
    this.host = scenario.open({ manual: true });
  }

  async show(): Promise<TraceController> {
    const port = new HostPort({
      post: (message) => {
        if (message.request.kind === 'view/set') this.views.push(message.request);
        this.host.post(message);
      },
      listen: (handler) => this.host.listen(handler),
    });
    const store = {
      read: () => this.#saved,
      write: (state: unknown) => void (this.#saved = JSON.parse(JSON.stringify(state))),
    };
    const controller = new TraceController(port, store);
    await controller.start();
    return controller;
  }

  /** The host loses filter and sort, whatever the page has. */
  forgetView(): Promise<void> {
    const id = 1_000_000;
    return new Promise((resolve) => {
      const listening = this.host.listen((message) => {
        if (asHostMessage(message)?.type !== 'reply') return;
        listening.dispose();
        resolve();
      });
      this.host.post({ type: 'request', id, request: { kind: 'view/set', filter: '' } });
    });
  }

  lastView(): object {
    const { kind: _kind, ...view } = this.views.at(-1) ?? { kind: undefined };
    return view;
  }
}

function until(controller: TraceController, check: (state: PanelState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (state: PanelState): void => {
      if (!check(state)) return;
      listening.dispose();
      resolve();
    };
    const listening = controller.onDidChange(look);
    look(controller.state);
  });
}

test('a page shown again brings its filter and sort to the host, and does not follow', async () => {
  const window = new Window();
  const first = await window.show();
  assert.deepEqual(window.views, [{ kind: 'view/set', filter: '' }], 'the host may hold the view of a page before');
  assert.equal(first.state.follow, true);
  first.setFilter('myext');
  first.setSort(bySlowest);
  await until(first, ({ view }) => view?.filter === 'myext');
  first.dispose();

  const second = await window.show();
  assert.deepEqual(second.state.ui.sort, bySlowest);
  assert.deepEqual(window.lastView(), { filter: 'myext', sort: bySlowest });
  assert.equal(second.state.follow, false);
  second.setSort(undefined);
  await until(second, ({ view }) => view?.filter === 'myext');
  second.dispose();

  const third = await window.show();
  assert.deepEqual(window.lastView(), { filter: 'myext' }, 'time order is told as well');
  assert.equal(third.state.follow, true);
});

test('after a clear the page’s filter and sort hold on', async () => {
  const window = new Window();
  const page = await window.show();
  page.setFilter('myext');
  page.setSort(bySlowest);
  await until(page, ({ view }) => view?.filter === 'myext');
  await window.forgetView();
  window.host.clear();
  await until(page, ({ snapshot, view }) => snapshot?.generation === 2 && view?.filter === 'myext');
  assert.deepEqual(window.lastView(), { filter: 'myext', sort: bySlowest });
});

test('a figure adds its condition to those it was counted under, and its rows; both are undone together', async () => {
  const window = new Window();
  const controller = await window.show();
  const asked = async (view: object): Promise<void> => {
    await until(controller, () => JSON.stringify(window.lastView()) === JSON.stringify(view));
  };
  controller.setFilter('shop or bank');
  controller.showFigure(['shop or bank'], ['qr == Q', 'type == A'], 'messages');
  await asked({ filter: 'shop or bank, qr == Q, type == A', rows: 'messages' });
  assert.equal(controller.state.ui.tab, 'lookups');
  controller.showFigure(['shop or bank'], [], 'transactions');
  await asked({ filter: 'shop or bank', rows: 'transactions' });
  controller.undoFilter();
  await asked({ filter: 'shop or bank, qr == Q, type == A', rows: 'messages' });
  controller.undoFilter();
  await asked({ filter: 'shop or bank' });
  controller.setRows('messages');
  controller.undoFilter();
  await asked({ filter: '', rows: 'messages' });
});
