import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gallery, type GalleryPage, screenshot } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

/** Names of the rows that are wholly in sight, in order. */
async function namesInSight({ page }: GalleryPage): Promise<readonly string[]> {
  return page.evaluate(() => {
    const body = document.querySelector('.grid-body')?.getBoundingClientRect();
    return [...document.querySelectorAll('.grid-row')]
      .filter((row) => {
        const box = row.getBoundingClientRect();
        return body !== undefined && box.top >= body.top - 0.5 && box.bottom <= body.bottom + 0.5;
      })
      .map((row) => row.querySelector('.cell-name')?.textContent ?? '');
  });
}

const currentIndex = async ({ page, grid }: GalleryPage): Promise<string | null> => {
  const id = await grid.getAttribute('aria-activedescendant');
  return id === null ? null : page.locator(`#${id}`).getAttribute('aria-rowindex');
};

test('the last of five million rows can be reached by key, and shows its own text', async () => {
  const shown = await gallery.show({ scenario: 'million' });
  assert.equal(await shown.grid.getAttribute('aria-rowcount'), '5000001');
  await shown.grid.focus();
  await shown.page.keyboard.press('End');
  await shown.page.getByText('row-4999999.example.com.').first().waitFor();
  await shown.settled();
  const names = await namesInSight(shown);
  assert.equal(names.at(-1), 'row-4999999.example.com.');
  assert.ok((await shown.rows.count()) < 60);
  assert.equal(await currentIndex(shown), '5000001');
});

test('the thumb dragged to the end of its track shows the last row, and back the first', async () => {
  const shown = await gallery.show({ scenario: 'million' });
  const track = await shown.page.locator('.grid-scrollbar').boundingBox();
  assert.ok(track !== null);
  const x = track.x + track.width / 2;
  await shown.page.mouse.move(x, track.y + 5);
  await shown.page.mouse.down();
  await shown.page.mouse.move(x, track.y + track.height / 2);
  await shown.settled();
  const middle = Number(/row-(\d+)/.exec((await namesInSight(shown))[0] ?? '')?.[1]);
  assert.ok(middle > 2_000_000 && middle < 3_000_000, `row ${middle} stands in the middle`);
  await shown.page.mouse.move(x, track.y + track.height + 50);
  await shown.page.getByText('row-4999999.example.com.').first().waitFor();
  assert.equal((await namesInSight(shown)).at(-1), 'row-4999999.example.com.');
  await shown.page.mouse.move(x, track.y - 50);
  await shown.page.mouse.up();
  await shown.page.getByText('row-0.example.com.', { exact: true }).waitFor();
  assert.equal((await namesInSight(shown))[0], 'row-0.example.com.');
});

test('a leap keeps the elements, and shows nothing of the rows before while its own are read', async () => {
  const { page, settled, rows } = await gallery.show({ scenario: 'million' });
  await rows.first().waitFor();
  const seen = await page.evaluate(async () => {
    const body = document.querySelector<HTMLElement>('.grid-body')!;
    const before = [...document.querySelectorAll('.grid-row')];
    const turn = { deltaY: 2_000_000, deltaMode: 1, bubbles: true, cancelable: true };
    body.dispatchEvent(new WheelEvent('wheel', turn));
    for (let turns = 0; document.querySelector('.grid-unknown') === null && turns < 100; turns++)
      await Promise.resolve();
    const after = [...document.querySelectorAll('.grid-row')];
    return { kept: after.filter((row, at) => row === before[at]).length, rows: after.length, text: body.innerText };
  });
  assert.ok(seen.rows > 20 && seen.kept === seen.rows, `${String(seen.kept)} of ${String(seen.rows)} elements kept`);
  assert.equal(seen.text.trim(), '');
  await settled();
  assert.equal(await page.locator('.grid-unknown').count(), 0);
  await page.getByText('row-2000000.example.com.', { exact: true }).waitFor();
});

test('wheel and page keys move by what they say', async () => {
  const shown = await gallery.show({ scenario: 'million' });
  await shown.rows.first().hover();
  await shown.page.mouse.wheel(0, 220);
  await shown.page.getByText('row-10.example.com.', { exact: true }).waitFor();
  await shown.settled();
  assert.equal((await namesInSight(shown))[0], 'row-10.example.com.');
  await shown.grid.focus();
  await shown.page.keyboard.press('Home');
  await shown.settled();
  const rows = (await namesInSight(shown)).length;
  await shown.page.keyboard.press('PageDown');
  await shown.settled();
  assert.equal(await currentIndex(shown), String(2 + rows - 1));
  await shown.page.keyboard.press('PageUp');
  await shown.settled();
  assert.equal(await currentIndex(shown), '2');
});

test('arrows select, expand and collapse as in a tree; Enter opens the details, Escape closes them', async () => {
  const shown = await gallery.show({ scenario: 'healthy' });
  const { page, grid, rows } = shown;
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await shown.settled();
  const second = page.locator('.grid-row[aria-rowindex="3"]');
  assert.equal(await second.getAttribute('aria-selected'), 'true');
  assert.equal(await second.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('ArrowRight');
  await page.locator('.grid-row[aria-level="2"]').first().waitFor();
  assert.equal(await second.getAttribute('aria-expanded'), 'true');
  assert.equal(await grid.getAttribute('aria-rowcount'), '416');
  await page.keyboard.press('ArrowRight');
  await shown.settled();
  assert.equal(await currentIndex(shown), '4');
  assert.match(await page.locator('.grid-row[aria-rowindex="4"] .cell-name').innerText(), /pod ↔ CoreDNS/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.locator('.grid-row[aria-level="2"]').first().waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.locator('.details-name').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains('details')), true);
  await page.keyboard.press('Escape');
  await page.locator('.details').waitFor({ state: 'detached' });
  assert.ok((await rows.count()) > 10);
});

test('following stays at the end while rows come; away from it nothing moves', async () => {
  const shown = await gallery.show({ scenario: 'healthy' });
  const { page } = shown;
  const grow = (by: number): Promise<void> =>
    page.evaluate((more) => {
      const host = window.gallery?.fake;
      if (host === undefined) return;
      const { lookups } = host;
      const count = lookups.count + more;
      const at = (number: number) => {
        const known = lookups.at(number % lookups.count);
        return number < lookups.count
          ? known
          : { ...known, row: { ...known.row, id: number, name: `new-${number}.example.com.` } };
      };
      host.update({ lookups: { count, at }, state: { counts: { ...host.state.counts, lookups: count } } });
    }, by);
  await grow(5);
  await page.getByText('new-416.example.com.').waitFor();
  await shown.settled();
  assert.equal((await namesInSight(shown)).at(-1), 'new-416.example.com.');

  await shown.rows.first().hover();
  await page.mouse.wheel(0, -2200);
  await shown.settled();
  const follow = page.locator('[title^="Follow new rows"]');
  await follow.waitFor();
  const before = await namesInSight(shown);
  await grow(100);
  await page.getByText('517 lookups').waitFor();
  await shown.settled();
  assert.deepEqual(await namesInSight(shown), before);

  await follow.click();
  await page.getByText('new-516.example.com.').waitFor();
  await page.locator('[title^="Freeze"]').click();
  await grow(7);
  await page.getByText('Frozen, 7 new rows').waitFor();
  assert.equal(await shown.grid.getAttribute('aria-rowcount'), '518');
  await page.locator('[title^="Frozen"]').click();
  await page.getByText('new-523.example.com.').waitFor();
});

test('rows that come in above do not move what is read', async () => {
  const shown = await gallery.show({ scenario: 'healthy' });
  await shown.rows.first().hover();
  await shown.page.mouse.wheel(0, -3300);
  await shown.settled();
  const before = await namesInSight(shown);
  await shown.page.evaluate(() => {
    const host = window.gallery?.fake;
    if (host === undefined) return;
    const { lookups } = host;
    const at = (number: number) =>
      number < 3
        ? { ...lookups.at(number), row: { ...lookups.at(number).row, id: 90_000 + number } }
        : lookups.at(number - 3);
    host.update({
      lookups: { count: lookups.count + 3, at },
      state: { counts: { ...host.state.counts, lookups: lookups.count + 3 } },
    });
  });
  await shown.page.getByText('415 lookups').waitFor();
  await shown.settled();
  assert.deepEqual(await namesInSight(shown), before);
});

test('the next failure is found, selected and shown', async () => {
  const shown = await gallery.show({ scenario: 'story' });
  const jump = shown.page.locator('.toolbar [title="Go to the next failed lookup"]').first();
  for (const rowIndex of ['14', '24', '33']) {
    await jump.click();
    await shown.page.locator(`.grid-row[aria-rowindex="${rowIndex}"][aria-selected="true"]`).waitFor();
  }
});

test('columns are chosen, widened and remembered', async () => {
  const { page, grid, settled } = await gallery.show({ scenario: 'story' });
  assert.deepEqual(await page.locator('[role=columnheader]').allInnerTexts(), [
    'Time',
    'Pod',
    'Name',
    'Type',
    'Way',
    'Result',
    'Took',
  ]);
  await page.locator('[title="Columns"]').click();
  await page.locator('vscode-checkbox', { hasText: 'Source' }).click();
  await settled();
  assert.match((await page.locator('.cell-src').first().textContent()) ?? '', /^p\/shop\/order-service.*:\d+$/);
  await page.getByText('Show all').click();
  await settled();
  assert.equal(await grid.getAttribute('aria-colcount'), '24');
  await page.getByText('Reset columns').click();
  await page.keyboard.press('Escape');
  await page.locator('.popover').waitFor({ state: 'detached' });
  const handle = await page.locator('[role=columnheader]').nth(1).locator('.grid-resizer').boundingBox();
  assert.ok(handle !== null);
  await page.mouse.move(handle.x + 3, handle.y + 8);
  await page.mouse.down();
  await page.mouse.move(handle.x + 103, handle.y + 8);
  await page.mouse.up();
  const saved = await page.evaluate(() => JSON.stringify(window.gallery?.saved));
  assert.equal((JSON.parse(saved) as { columns: { widths: { pod: number } } }).columns.widths.pod, 340);
});

test('columns are put in order by drawing their headings, and from the list by key', async () => {
  const { page, settled } = await gallery.show({ scenario: 'story' });
  const titles = (): Promise<readonly string[]> => page.locator('[role=columnheader]').allInnerTexts();
  const middle = async (title: string): Promise<{ readonly x: number; readonly y: number }> => {
    const box = await page.locator('[role=columnheader]', { hasText: title }).boundingBox();
    assert.ok(box !== null);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [from, to] = [await middle('Took'), await middle('Name')];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 40, from.y);
  await page.mouse.move(to.x - 20, to.y);
  await page.locator('.grid-gap-before').waitFor();
  await screenshot(page, 'column-drag-dark');
  await page.mouse.up();
  await settled();
  const moved = ['Time', 'Pod', 'Took', 'Name', 'Type', 'Way', 'Result'];
  assert.deepEqual(await titles(), moved, 'and it is not sorted by it');
  assert.equal(await page.locator('[aria-sort=ascending], [aria-sort=descending]').count(), 0);
  await page.locator('[title="Columns"]').click();
  await screenshot(page, 'column-picker-dark');
  await page.locator('[title="Move Took to the left"]').focus();
  await page.keyboard.press('Enter');
  assert.deepEqual((await titles()).slice(0, 3), ['Time', 'Took', 'Pod']);
  const saved = await page.evaluate(() => JSON.stringify(window.gallery?.saved));
  const { columns } = JSON.parse(saved) as { columns: { visible: readonly string[] } };
  assert.deepEqual(columns.visible.slice(0, 3), ['time', 'latency', 'pod']);
});
