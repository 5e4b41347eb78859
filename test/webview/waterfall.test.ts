/** The bars of a lookup: under the question they belong to, as far in as they are from who asked, each leading to its message. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Gallery, type GalleryOptions, type GalleryPage } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

/** The details of a failed lookup whose search list came first. */
async function open(options: GalleryOptions = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ capture: 'first-story', height: 1000, ...options });
  const { page, rows } = shown;
  await rows.first().waitFor();
  await rows
    .filter({ has: page.locator('.result-bad') })
    .nth(1)
    .locator('[role="gridcell"]')
    .nth(1)
    .click();
  await page.locator('.bar-row').first().waitFor();
  return shown;
}

test('each question stands over its bars, and what was asked because of it further in', async () => {
  const { page, complaints } = await open();
  const bars = await page.locator('.bar-row').evaluateAll((all) =>
    all.map((bar) => ({
      asks: bar.querySelector('.bar-asks')?.textContent,
      leg: bar.querySelector('.bar-leg')?.textContent,
      left: bar.querySelector('.bar-leg')!.getBoundingClientRect().left,
      track: bar.querySelector('.bar-track')!.getBoundingClientRect().left,
    })),
  );
  const at = bars.findIndex(({ asks }) => asks === 'myexternalendpoint.com. A');
  assert.deepEqual(
    bars.slice(at, at + 4).map(({ leg }) => leg),
    ['client ↔ kube-dns', 'client ↔ CoreDNS', 'CoreDNS ↔ upstream', 'CoreDNS ↔ upstream'],
  );
  const [client, coredns, first, second] = bars.slice(at, at + 4).map(({ left }) => left);
  assert.ok(client! < coredns! && coredns! < first! && first === second);
  assert.equal(new Set(bars.map(({ track }) => track)).size, 1, 'one time axis');
  assert.equal(bars[0]?.asks, 'myexternalendpoint.com.shop.svc.cluster.local. A');
  assert.deepEqual(complaints, []);
});

test('a bar leads to its message, by click and by key', async () => {
  const { page } = await open();
  const bar = page.locator('.bar-row').filter({ hasText: 'CoreDNS ↔ upstream' }).first();
  const words = (await bar.getByRole('button').getAttribute('aria-label')) ?? '';
  assert.match(
    words,
    /asked of 10\.224\.0\.92:53, seen at kube-system\/coredns-.*; No answer after .*: show its messages$/u,
  );
  await bar.getByRole('button').focus();
  await page.keyboard.press('Enter');
  const shown = page.locator('.message-head[aria-expanded="true"]');
  await eventually(async () =>
    assert.match(await page.locator('.message-frame').innerText(), /^Query · CoreDNS ↔ upstream/u),
  );
  assert.equal(await shown.count(), 1);
  assert.ok(await shown.evaluate((head) => head === document.activeElement));
  await page.locator('.bar-row').first().getByRole('button').click();
  await eventually(async () =>
    assert.match(await page.locator('.message-frame').innerText(), /^Query · client ↔ kube-dns/u),
  );
});

for (const [theme, width] of [
  ['dark', 1280],
  ['light', 500],
  ['contrast', 1280],
] as const)
  test(`bars can be read by all: ${theme}, ${String(width)} pixels wide`, async () => {
    const { page, complaints } = await open({ theme, width });
    assert.deepEqual(await violations(page), []);
    const over = await page
      .locator('.bar-line')
      .evaluateAll((all) => all.filter((line) => line.scrollWidth > line.clientWidth + 1).length);
    assert.equal(over, 0);
    assert.deepEqual(complaints, []);
  });
