import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gallery } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

test('the verdict names the hop at fault and leads to rows, reasons and evidence', async () => {
  const { page, grid, complaints, settled } = await gallery.show({ scenario: 'story' });
  assert.match(await page.locator('.verdict-text').innerText(), /^3 of 60 lookups failed: upstream 10\.224\.0\.92/);
  assert.equal(await page.locator('.verdict .badge').innerText(), 'exact');
  await page.locator('.verdict').getByText('Show rows').click();
  await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
  await settled();
  assert.equal(await grid.getAttribute('aria-rowcount'), '4');
  assert.equal(
    await page.locator('.chip-text').innerText(),
    'Finding: 3 of 60 lookups failed: upstream 10.224.0.92 gives no answer for myexternalendpoint.com',
  );
  await page.locator('.chip-remove').click();
  await page.getByText('60 lookups', { exact: true }).waitFor();
  await page.getByText('What next').click();
  await page.locator('.finding').waitFor();
  assert.equal(await page.locator('.steps li').count(), 3);
  assert.equal(await page.getByText('It answers 19 other queries').count(), 1);
  await page.locator('.evidence .link-button').first().click();
  await page.locator('.details-name').waitFor();
  assert.equal(await page.locator('.details-name').innerText(), 'myexternalendpoint.com.');
  assert.deepEqual(complaints, []);
});

test('details tell the way, each leg, and light the bytes of what is chosen', async () => {
  const { page, complaints } = await gallery.show({ scenario: 'story' });
  await page.locator('.toolbar [title="Go to the next failed lookup"]').first().click();
  await page.locator('.grid-canvas:focus .grid-row[aria-selected="true"]').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.hop-detail-failed').waitFor();
  assert.match(
    await page.locator('.hop-detail-failed').innerText(),
    /Upstream[\s\S]*10\.224\.0\.92:53[\s\S]*no answer, 2 × 2\.0 s/,
  );
  assert.deepEqual(await page.locator('.bar-leg').allInnerTexts(), [
    'pod ↔ CoreDNS',
    'pod ↔ CoreDNS',
    'pod ↔ CoreDNS',
    'CoreDNS ↔ upstream',
    'CoreDNS ↔ upstream',
  ]);
  assert.equal(await page.locator('.bar-open').count(), 2);
  await page.locator('.tree-node', { hasText: 'ID' }).click();
  await page.mouse.move(0, 0);
  assert.deepEqual(
    await page.locator('.hex-byte.hex-lit').evaluateAll((all) => all.map((one) => one.getAttribute('data-offset'))),
    ['0', '1'],
  );
  await page.locator('.hex-byte[data-offset="14"]').click();
  assert.match(await page.locator('.tree-chosen').innerText(), /Name\s*myexternalendpoint\.com\./);
  assert.equal(await page.locator('.hex-byte.hex-lit').count(), 'myexternalendpoint.com.'.length + 1);
  await page.locator('.tree').focus();
  await page.keyboard.press('ArrowDown');
  assert.match(await page.locator('.tree-chosen').innerText(), /Type\s*A/);
  await page.locator('.command [title="Copy the command"]').first().click();
  await page.waitForFunction(() => window.gallery?.host.actions.join() === 'copy');
  assert.deepEqual(complaints, []);
});

test('typing filters, a chip removes a word, nothing found says so, Alt+Left undoes', async () => {
  const { page, settled } = await gallery.show({ scenario: 'story' });
  await page.locator('.combo-input').fill('servfail myext');
  await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
  assert.deepEqual(await page.locator('.chip-text').allInnerTexts(), ['servfail', 'myext']);
  await page.locator('.combo-input').fill('no-such-name');
  await page.getByText('No lookup matches the filter').waitFor();
  await page.getByText('Remove the filter').click();
  await page.getByText('60 lookups', { exact: true }).waitFor();
  await settled();
  await page.locator('.grid-canvas').focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await page.getByText('No lookup matches the filter').waitFor();
});

test('a broken filter says where, keeps the rows, and is heard', async () => {
  const { page, complaints } = await gallery.show({ scenario: 'story' });
  const input = page.locator('.combo-input');
  await input.fill('servfail, name:myext');
  await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
  await input.fill('servfail, rcode == Sucess');
  const problem = page.locator('.filter-problem[role=status]');
  await problem.getByText('Column 20: expected a response code such as NOERROR or SERVFAIL').waitFor();
  assert.equal(await page.locator('.combo-squiggle').innerText(), 'Sucess');
  assert.equal(await input.getAttribute('aria-invalid'), 'true');
  await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
  assert.deepEqual(await page.locator('.chip-text').allInnerTexts(), ['servfail', 'name:myext']);
  await input.fill('servfail or slow, not name:api');
  await page.locator('.chip-text', { hasText: 'servfail or slow' }).waitFor();
  assert.equal(await problem.isVisible(), false);
  await page.locator('.chip', { hasText: 'not name:api' }).locator('.chip-remove').click();
  await page.locator('.chip-text', { hasText: 'not name:api' }).waitFor({ state: 'detached' });
  assert.equal(await input.inputValue(), 'servfail or slow');
  assert.deepEqual(complaints, []);
});

test('sorting says what it does to new rows', async () => {
  const { page } = await gallery.show({ scenario: 'story' });
  await page.locator('.grid-sort', { hasText: 'Took' }).click();
  await page.locator('.grid-sort', { hasText: 'Took' }).click();
  await page.getByText('Sorted by time taken · new rows fall into place').waitFor();
  await page.locator('.grid-row[aria-rowindex="2"] .cell-latency', { hasText: '4.00 s' }).waitFor();
  assert.equal(await page.locator('[role=columnheader][aria-sort=descending]').innerText(), 'Took ↓');
});

test('a waiting lookup counts up, and settles when its answer comes', async () => {
  const { page } = await gallery.show({ scenario: 'pending' });
  const last = page.locator('.grid-row', { has: page.locator('.waiting') }).last();
  const first = await last.locator('.waiting').innerText();
  await page.waitForFunction(
    (before) => [...document.querySelectorAll('.waiting')].at(-1)?.textContent !== before,
    first,
  );
  const later = await last.locator('.waiting').innerText();
  assert.ok(Number.parseFloat(later) > Number.parseFloat(first), `${later} is more than ${first}`);
  await page.evaluate(() => {
    const host = window.gallery?.fake;
    if (host === undefined) return;
    const { lookups } = host;
    const settle = (number: number) => {
      const one = lookups.at(number);
      return one.row.outcome === 'pending' ? { ...one, row: { ...one.row, outcome: 'unanswered' as const } } : one;
    };
    host.update({
      lookups: { count: lookups.count, at: settle },
      state: { counts: { ...host.state.counts, pending: 0, failed: 3 } },
    });
  });
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
  assert.equal(await page.locator('.result-bad').count(), 3);
});

test('hostile names are text and nothing else', async () => {
  const { page, complaints, rows, settled } = await gallery.show({ scenario: 'hostile' });
  const shown = await page.locator('.cell-name').allInnerTexts();
  assert.ok(shown.includes('<img src=x onerror=alert(1)>.example.com.'));
  assert.ok(shown.includes('"><script>document.body.remove()</script>.'));
  assert.ok(shown.includes('evil\\u{202e}moc.elpmaxe.'));
  for (let index = 0; index < (await rows.count()); index++) {
    await rows.nth(index).click();
    await page.locator('.details-name').waitFor();
    await settled();
  }
  await page.getByText('What next').click();
  await page.locator('.finding').waitFor();
  assert.equal(await page.locator('#app img, #app script, #app b, #app iframe, #app a').count(), 0);
  for (const part of ['.app', '.details']) {
    const box = await page.locator(part).evaluate((one) => [one.scrollWidth, one.clientWidth]);
    assert.equal(box[0], box[1], `nothing is pushed out sideways in ${part}`);
  }
  assert.deepEqual(complaints, []);
});

test('clear makes a new generation: old rows and their details are gone', async () => {
  const { page, rows } = await gallery.show({ scenario: 'story' });
  await rows.nth(3).click();
  await page.locator('.details-name').waitFor();
  await page.locator('[title="Clear the rows"]').click();
  await page.getByText('Waiting for the first lookup').waitFor();
  assert.equal(await rows.count(), 0);
  assert.equal(await page.locator('.details').count(), 0);
});

test('a lost push is made good by asking for the state', async () => {
  const { page } = await gallery.show({ scenario: 'story' });
  const asked = await page.evaluate(() => {
    const host = window.gallery?.fake;
    if (host === undefined) return [];
    const kinds: string[] = [];
    const post = host.post.bind(host);
    host.post = (message) => {
      kinds.push(message.request.kind);
      post(message);
    };
    const push = host.push.bind(host);
    host.push = () => undefined;
    host.update({ state: {} });
    host.push = push;
    host.update({ state: { verdict: { level: 'ok', text: 'after the gap' } } });
    return kinds;
  });
  await page.getByText('after the gap').waitFor();
  assert.ok(asked.includes('panel/ready'));
});

for (const [scenario, text] of [
  ['starting', 'Starting the trace'],
  ['empty', 'Waiting for the first lookup …'],
  ['nothing', 'The trace ended without a lookup'],
  ['failed', 'Check the VPN or the cluster’s state, then try again'],
] as const) {
  test(`empty state "${scenario}" teaches`, async () => {
    const { page, complaints } = await gallery.show({ scenario });
    await page.locator('.grid-empty').getByText(text).waitFor();
    assert.deepEqual(complaints, []);
  });
}

test('a broken connection says so, with what was lost one click away', async () => {
  const { page } = await gallery.show({ scenario: 'reconnecting' });
  await page.locator('.banner-warning', { hasText: 'it is tried again every few seconds' }).waitFor();
  await page.getByText('1,824 lost, 1 gap', { exact: true }).click();
  await page.getByText('the kernel dropped 1,824 packets').waitFor();
});

test('a preset filters in one choice, and says so when the filter is another', async () => {
  const { page } = await gallery.show({ scenario: 'story' });
  const chosen = page.locator('vscode-dropdown[title="Preset filters"] .selected-value');
  await page.locator('vscode-dropdown[title="Preset filters"]').click();
  await page.locator('vscode-option', { hasText: 'Server failure' }).click();
  await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
  await page.locator('.combo-input').fill('myext');
  await page.locator('vscode-dropdown .selected-value', { hasText: 'Own filter' }).waitFor();
  await page.locator('.chip-remove').click();
  await page.getByText('60 lookups', { exact: true }).waitFor();
  await page.locator('vscode-dropdown .selected-value', { hasText: 'All lookups' }).waitFor();
  assert.equal((await chosen.innerText()).trim(), 'All lookups');
});

test('a panel that is made anew has its filter, columns and details again, unless the trace was cleared since', async () => {
  for (const [generation, open] of [
    [1, 1],
    [7, 0],
  ] as const) {
    const saved = {
      filter: 'myext',
      columns: { visible: ['time', 'name'], widths: {} },
      tab: 'lookups',
      lookup: 31,
      generation,
    };
    const { page, grid, settled } = await gallery.show({ scenario: 'story', saved });
    await page.getByText('3 of 60 lookups', { exact: true }).waitFor();
    assert.equal(await grid.getAttribute('aria-colcount'), '2');
    const name = page.locator('.details-name', { hasText: 'myexternalendpoint.com.' });
    if (open === 1) await name.waitFor();
    await settled();
    assert.equal(await name.count(), open);
  }
});

test('where something failed, diagnostics can be copied', async () => {
  const { page } = await gallery.show({ scenario: 'failed' });
  await page.getByText('Copy Diagnostics').click();
  await page.waitForFunction(() => window.gallery?.host.actions.includes('copyDiagnostics'));
});
