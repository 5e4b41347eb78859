/** Rows that come in while a trace runs, as lookups, queries and messages: following only at the end, and what is read stays where it is. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RowLevel } from '../../src/core/view/rows.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../support/packetBuilder.ts';
import { EPOCH_NS, POD, VIP } from '../support/story.ts';
import { eventually, Gallery, type GalleryPage } from './galleryPage.ts';

const LOOKUPS = 400;

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(new Map([['stream', stream()]]));
});
after(() => gallery.close());

/** A lookup every 100 ms; every tenth is refused, and times go up and down, so that rows sorted by them come in among each other. */
function stream(): Uint8Array {
  const builder = new CaptureBuilder({ format: 'pcapng', nanos: true });
  for (let k = 0; k < LOOKUPS; k++) {
    const timeNs = EPOCH_NS + BigInt(k) * 100_000_000n;
    const spec = { id: k + 1, name: `n${String(k)}.example.com`, type: 'A' };
    builder.udp({ timeNs, src: POD, sport: 30_000 + k, dst: VIP, dport: 53, payload: dnsQuery(spec) });
    const back = { src: VIP, sport: 53, dst: POD, dport: 30_000 + k };
    const rcode = k % 10 === 9 ? 'REFUSED' : 'NOERROR';
    const tookNs = 1_000_000n + BigInt((k * 37) % 89) * 1_000_000n;
    builder.udp({ timeNs: timeNs + tookNs, ...back, payload: dnsResponse({ ...spec, rcode, answers: [] }) });
  }
  return builder.bytes();
}

interface Seen {
  readonly text: string;
  /** Pixels below the headings. */
  readonly y: number;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
}

/** The rows that are wholly in sight, by what they say. */
const sight = (page: Page): Promise<readonly Seen[]> =>
  page.evaluate(() => {
    const body = document.querySelector('.grid-body')?.getBoundingClientRect();
    const active = document.querySelector('.grid-canvas')?.getAttribute('aria-activedescendant');
    return [...document.querySelectorAll('.grid-row')]
      .filter((row) => {
        const box = row.getBoundingClientRect();
        return body !== undefined && box.top >= body.top - 0.5 && box.bottom <= body.bottom + 0.5;
      })
      .map((row) => ({
        text: ['time', 'qr', 'name', 'qname']
          .map((cell) => row.querySelector(`.cell-${cell}`)?.textContent ?? '')
          .join(' ')
          // The response of a query may come later.
          .replace('Q+R', 'Q'),
        y: Math.round(row.getBoundingClientRect().top - (body?.top ?? 0)),
        index: Number(row.getAttribute('aria-rowindex')) - 2,
        isSelected: row.getAttribute('aria-selected') === 'true',
        isCurrent: row.id === active,
      }));
  });

const count = async ({ grid }: GalleryPage): Promise<number> => Number(await grid.getAttribute('aria-rowcount')) - 1;

/** More packets come in; resolves when what came of them is drawn, or known to be held back. */
async function feed(shown: GalleryPage, share: number): Promise<void> {
  const { page, settled } = shown;
  const seq = await page.evaluate((to) => {
    const { engine, controller } = window.gallery ?? {};
    const before = controller?.state.snapshot?.seq ?? 0;
    engine?.feed(to);
    return before;
  }, share);
  await page.waitForFunction((old) => (window.gallery?.controller.state.snapshot?.seq ?? 0) > old, seq);
  await page.waitForFunction(() => {
    const { state } = window.gallery?.controller ?? {};
    const drawn = Number(document.querySelector('.grid-canvas')?.getAttribute('aria-rowcount')) - 1;
    return state?.view?.count === drawn && (state.frozen || drawn === state.snapshot?.view.count);
  });
  await settled();
}

async function atEnd(shown: GalleryPage): Promise<void> {
  await eventually(async () => assert.equal((await sight(shown.page)).at(-1)?.index, (await count(shown)) - 1));
}

const LEVELS: readonly RowLevel[] = ['lookups', 'transactions', 'messages'];
const button = (page: Page, name: RegExp) => page.getByRole('button', { name });

test('rows that come in faster than they can be read are shown as far as they were, and never empty', async () => {
  const shown = await gallery.show({ capture: 'stream', live: 0.25 });
  await shown.rows.nth(10).waitFor();
  await shown.settled();
  await atEnd(shown);
  const first = (await sight(shown.page)).at(-1)!.index;
  const seen = await shown.page.evaluate(async () => {
    const { engine } = window.gallery!;
    engine!.delay = 250;
    const seen: { readonly empty: number; readonly last: number }[] = [];
    for (let step = 1; step <= 30; step++) {
      engine!.feed(0.25 + step * 0.02);
      await new Promise((resolve) => setTimeout(resolve, 60));
      const rows = [...document.querySelectorAll('.grid-row')];
      const empty = rows.filter((row) => row.getAttribute('aria-busy') !== null).length;
      seen.push({ empty, last: Number(rows.at(-1)?.getAttribute('aria-rowindex')) - 2 });
    }
    return seen;
  });
  assert.deepEqual(
    seen.filter(({ empty }) => empty > 0),
    [],
  );
  assert.ok(seen.at(-1)!.last > first, 'rows came into sight while others came in');
  await atEnd(shown);
});

for (const rows of LEVELS) {
  describe(rows, () => {
    const open = async (saved: object = {}): Promise<GalleryPage> => {
      const shown = await gallery.show({ capture: 'stream', live: 0.25, saved: { rows, ...saved } });
      await shown.page.waitForFunction((level) => window.gallery?.controller.state.view?.rows === level, rows);
      await shown.rows.nth(10).waitFor();
      await shown.settled();
      return shown;
    };

    test('follows at the end alone; away from it nothing moves, and the selection keeps', async () => {
      const shown = await open();
      const { page, grid, complaints } = shown;
      await atEnd(shown);
      const few = await count(shown);
      await feed(shown, 0.3);
      assert.ok((await count(shown)) > few);
      await atEnd(shown);

      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await button(page, /^Follow new rows/u).waitFor();
      await eventually(async () => assert.ok((await sight(page))[1]?.isSelected));
      const before = await sight(page);
      await feed(shown, 0.5);
      assert.deepEqual(await sight(page), before);

      await page.keyboard.press('End');
      await button(page, /^Following new rows/u).waitFor();
      await atEnd(shown);
      const last = (await sight(page)).at(-1)!;
      assert.ok(last.isSelected && last.isCurrent);
      await feed(shown, 0.52);
      await atEnd(shown);
      const same = (await sight(page)).find(({ isSelected }) => isSelected);
      assert.deepEqual([same?.text, same?.index, same?.isCurrent], [last.text, last.index, true]);
      await page.keyboard.press('ArrowUp');
      await eventually(async () => {
        const selected = (await sight(page)).find(({ isSelected }) => isSelected);
        assert.equal(selected?.index, last.index - 1);
      });
      assert.deepEqual(complaints, []);
    });

    test('the button goes to the end and follows; frozen, rows are held and counted, and let go of together', async () => {
      const shown = await open();
      const { page, grid, complaints } = shown;
      await grid.focus();
      await page.keyboard.press('Home');
      await button(page, /^Follow new rows/u).click();
      await atEnd(shown);
      await button(page, /^Freeze/u).click();
      await page.getByText('Frozen', { exact: true }).waitFor();
      const before = await sight(page);
      const held = await count(shown);
      await feed(shown, 0.4);
      await page.getByText(/^Frozen, \d+ new rows$/u).waitFor();
      assert.equal(await count(shown), held);
      assert.deepEqual(await sight(page), before);
      await grid.focus();
      await page.keyboard.press('Home');
      await eventually(async () => assert.equal((await sight(page))[0]?.isSelected, true));
      await page.keyboard.press('End');
      await atEnd(shown);
      await button(page, /^Frozen/u).click();
      await page.getByText(/^Frozen/u).waitFor({ state: 'detached' });
      await page.waitForFunction(
        (old) => Number(document.querySelector('.grid-canvas')?.getAttribute('aria-rowcount')) - 1 > old,
        held,
      );
      await atEnd(shown);
      assert.deepEqual(complaints, []);
    });

    test('sorted, rows fall into place above and below; what is read, selected and copied stays the same', async () => {
      const shown = await open({
        sort: { column: 'latency', descending: true },
        eventSort: { column: 'latency', descending: true },
      });
      const { page, grid, complaints } = shown;
      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('PageDown');
      await page.keyboard.press('PageDown');
      await page.keyboard.press('ArrowUp');
      await eventually(async () => assert.equal((await sight(page)).filter(({ isCurrent }) => isCurrent).length, 1));
      await shown.settled();
      const before = await sight(page);
      const selected = before.find(({ isSelected }) => isSelected)!;
      await feed(shown, 0.35);
      await eventually(async () => {
        const now = (await sight(page)).find(({ isSelected }) => isSelected);
        // Its number alone changes: some came in above.
        assert.deepEqual({ ...now, index: selected.index }, selected);
        assert.ok(now !== undefined && now.index > selected.index);
      });
      const after = await sight(page);
      const stayed = after.filter(({ text }) => before.some((one) => one.text === text)).map(({ text }) => text);
      assert.deepEqual(
        before.map(({ text }) => text).filter((text) => stayed.includes(text)),
        stayed,
      );
      const now = after.find(({ isSelected }) => isSelected)!;

      await page.keyboard.press('Control+c');
      await page.waitForFunction(() => (window.gallery?.host.copied ?? '') !== '');
      const copied = await page.evaluate(() => window.gallery?.host.copied ?? '');
      assert.ok(copied.includes(selected.text.split(' ')[0]!), `${copied} is not ${selected.text}`);
      await page.keyboard.press('ArrowDown');
      await eventually(async () => {
        const next = (await sight(page)).find(({ isSelected }) => isSelected);
        assert.equal(next?.index, now.index + 1);
      });
      const nextRow = (await sight(page)).find(({ isSelected }) => isSelected)!;
      await feed(shown, 1);
      await eventually(async () => {
        const far = (await sight(page)).find(({ isSelected }) => isSelected);
        assert.deepEqual([far?.text, far?.y], [nextRow.text, nextRow.y], 'however many came in');
      });
      assert.deepEqual(complaints, []);
    });

    test('the next failure is the one after the row that is read, also when rows came in above it', async () => {
      const shown = await open({
        sort: { column: 'latency', descending: true },
        eventSort: { column: 'latency', descending: true },
      });
      const { page, complaints } = shown;
      const next = button(page, /^Go to the next failed /u).first();
      const found = async (after: number): Promise<Seen> => {
        await next.click();
        await page.waitForFunction((old) => (window.gallery?.controller.state.selectedIndex ?? -1) > old, after);
        await page.locator('.grid-canvas:focus .grid-row[aria-selected=true]').waitFor();
        await shown.settled();
        const row = (await sight(page)).find(({ isSelected }) => isSelected);
        assert.ok(row, 'it is in sight');
        const result = await page.locator('.grid-row[aria-selected=true] .cell-result').innerText();
        assert.match(result, /REFUSED/u);
        return row;
      };
      const first = await found(-1);
      const second = await found(first.index);
      await feed(shown, 0.35);
      const where = (await sight(page)).find(({ isSelected }) => isSelected)!;
      assert.equal(where.text, second.text);
      const third = await found(where.index);
      assert.notEqual(third.text, second.text);
      assert.deepEqual(complaints, []);
    });
  });
}
