/** The whole panel with keys alone: its controls are reached and used, the focus is never lost, and Tab goes as one reads. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Gallery } from './galleryPage.ts';
import { KeyWalk } from './keyWalk.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const walk = async (saved: object = {}): Promise<KeyWalk> => {
  const keys = new KeyWalk(await gallery.show({ capture: 'first-story', saved }));
  await keys.page.locator('.u-over').waitFor();
  return keys;
};

test('Tab goes through the panel as one reads, to its end and back', async () => {
  const keys = await walk();
  const expected = [
    'button "Show rows"',
    'button "What next"',
    'combobox "Preset filters"',
    'combobox "Filter lookups"',
    'button "Go to the next failed lookup"',
    'combobox "Rows"',
    'button "Columns"',
    'button "Save the capture (pcapng)"',
    'button "More actions…"',
    'button "7 failed"',
    'button "15 slow"',
    'button "Timeline"',
    'button "Zoom In (+ or the wheel)"',
    'button "Add Note"',
    'slider "Time"',
    'tab "Lookups"',
    'treegrid "Lookups"',
    'button "Time"',
  ];
  assert.deepEqual(await keys.stops(), expected);
  for (const stop of expected.toReversed()) {
    await keys.press('Shift+Tab');
    await eventually(async () => assert.equal(await keys.name(), stop));
  }
});

test('verdict and filter bar: rows, presets, threshold, completion, history, chips, columns, menu', async () => {
  const keys = await walk();
  const { page } = keys;
  await keys.tabTo('button', 'What next');
  await keys.press('Enter');
  await keys.at('region', 'Finding');
  await keys.tabTo('button', 'About this finding');
  await keys.press('Escape');
  await keys.at('button', 'What next');

  await keys.tabTo('combobox', 'Preset filters');
  await keys.press('Enter');
  await page.getByRole('option', { name: 'Slow', exact: true }).waitFor();
  await keys.press('S', 'l', 'o', 'w', 'Enter');
  await page.locator('.chip-text', { hasText: 'slow' }).waitFor();
  await keys.at('combobox', 'Preset filters');
  await keys.tabTo('spinbutton', 'Slow threshold in milliseconds');
  await keys.press('Control+a');
  await page.keyboard.type('50');
  await keys.press('Enter');
  await page.waitForFunction(() => window.gallery?.controller.state.snapshot?.slowNs === 50e6);

  await keys.tabTo('combobox', 'Filter lookups');
  await keys.press('Control+a');
  await page.keyboard.type('rco');
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor();
  await keys.at('combobox', 'Filter lookups');
  await keys.press('Enter');
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>('.combo-input')?.value.startsWith('rcode '),
  );
  await page.keyboard.type('== SERVFAIL');
  await page.locator('.chip-text', { hasText: 'rcode == SERVFAIL' }).waitFor();
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor({ state: 'detached' });
  await keys.press('Enter');
  await keys.press('Escape');
  await page.locator('.chip').waitFor({ state: 'detached' });
  await keys.press('ArrowUp');
  await page.locator('.chip-text', { hasText: 'rcode == SERVFAIL' }).waitFor();
  await keys.tabTo('button', 'Remove rcode == SERVFAIL');
  await keys.press('Enter');
  await page.locator('.chip').waitFor({ state: 'detached' });
  await keys.at('button', /^\d+ failed$/u);

  await keys.tabTo('button', 'Columns', 'Shift+Tab');
  await keys.press('Enter');
  await keys.at('dialog', 'Columns');
  await keys.tabTo('button', 'Move Pod to the left');
  await keys.press('Enter');
  // It is the first now, and can go no farther: the focus is beside it.
  await keys.at('button', 'Move Pod to the right');
  await keys.tabTo('checkbox', 'Source');
  await keys.press('Space');
  await page.getByRole('columnheader', { name: 'Source' }).waitFor();
  await keys.press('Escape');
  await keys.at('button', 'Columns');
  await keys.tabTo('button', 'More actions…');
  await keys.press('Enter');
  await keys.at('menu', 'More actions');
  await keys.press('Escape');
  await keys.at('button', 'More actions…');
  await keys.press('Control+f');
  await keys.at('combobox', 'Filter lookups');
  assert.deepEqual(keys.shown.complaints, []);
});

test('timeline, headings, rows and details', async () => {
  const keys = await walk();
  const { page } = keys;
  await keys.tabTo('button', 'Timeline');
  await keys.press('Enter');
  await page.locator('.timeline-chart').waitFor({ state: 'detached' });
  await keys.at('button', 'Timeline');
  await keys.press('Enter');
  await page.locator('.u-over').waitFor();
  await keys.at('button', 'Timeline');
  await keys.tabTo('slider', 'Time');
  await keys.press('Home', 'Shift+PageUp', 'Enter');
  await page.locator('.chip-text').waitFor();
  await keys.at('slider', 'Time');
  await keys.press('Escape');
  await page.locator('.chip-text').waitFor({ state: 'detached' });

  await keys.tabTo('treegrid', 'Lookups');
  await keys.press('Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
  await eventually(async () => assert.equal(await page.locator('.grid-row[aria-selected=true]').count(), 3));
  await keys.press('Control+c');
  await page.waitForFunction(() => window.gallery?.host.copied.trim().split('\n').length === 3);
  await keys.press('Shift+F10');
  await keys.at('menu', 'Row');
  await keys.press('End', 'ArrowUp', 'Escape');
  await keys.at('treegrid', 'Lookups');
  await keys.press('Tab');
  await keys.at('button', 'Time');
  const width = async (): Promise<number> =>
    (await page.getByRole('columnheader', { name: 'Pod' }).boundingBox())?.width ?? 0;
  await keys.press('ArrowRight');
  await keys.at('button', 'Pod');
  const before = await width();
  await keys.press('Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowLeft');
  await eventually(async () => assert.equal(Math.round(await width()), Math.round(before) + 10));
  await keys.press('End');
  await keys.at('button', 'Took');
  await keys.press('Enter');
  await page.locator('[role=columnheader][aria-sort=ascending]').waitFor();
  await keys.at('button', /^Took/u);
  await keys.press('Enter');
  await page.locator('[role=columnheader][aria-sort=descending]').waitFor();
  await keys.at('button', /^Took/u);

  await keys.press('Shift+Tab');
  await keys.at('treegrid', 'Lookups');
  await keys.press('Home');
  await page.locator('.grid-row[aria-rowindex="2"][aria-selected=true]').waitFor();
  await keys.press('Enter');
  await keys.at('region', 'Lookup');
  await page.locator('.message-head').first().waitFor();
  await keys.tabTo('tree', 'Decoded message');
  await keys.press('ArrowDown', 'ArrowDown');
  await keys.at('tree', 'Decoded message');
  await page.locator('.hex-lit').first().waitFor();
  await keys.tabTo('group', /^\d+ bytes/u);
  await keys.tabTo('button', 'Copy the command');
  await keys.press('Enter');
  await page.waitForFunction(() => window.gallery?.host.copied.includes('dig'));
  await keys.tabTo('separator', 'Width of the details', 'Shift+Tab');
  await keys.press('ArrowLeft');
  await keys.at('separator', 'Width of the details');
  await keys.tabTo('button', 'Close the details');
  await keys.press('Enter');
  await keys.at('treegrid', 'Lookups');
  assert.deepEqual(keys.shown.complaints, []);
});

test('map, statistics, findings, compare and notes', async () => {
  const keys = await walk();
  const { page } = keys;
  /** From the tabs to that one. */
  const open = async (name: string | RegExp): Promise<void> => {
    for (let step = 0; step < 7; step++) {
      await keys.press('ArrowRight');
      if ((await page.getByRole('tab', { name, selected: true }).and(page.locator(':focus')).count()) > 0) break;
    }
    await keys.at('tab', name);
  };
  await keys.tabTo('tab', 'Lookups');
  await open('Map');
  await page.locator('.map-card').first().waitFor();
  await keys.tabTo('button', /\d+ lookups.*Show these lookups$/u);
  await keys.press('ArrowRight', 'ArrowRight');
  await keys.at('button', /lookups/u);
  await keys.press('Enter');
  await keys.at('treegrid', 'Lookups');

  await keys.tabTo('tab', 'Lookups', 'Shift+Tab');
  await open('Statistics');
  await page.locator('.tree-table').waitFor();
  await keys.tabTo('button', 'Show all');
  await keys.press('Enter');
  await page.getByRole('button', { name: 'Show all' }).waitFor({ state: 'detached' });
  await eventually(async () => assert.notEqual(await keys.name(), 'nothing'));
  await keys.tabTo('tab', 'Statistics', 'Shift+Tab');
  await keys.tabTo('row', /^Messages/u);
  await keys.press('ArrowDown', 'ArrowUp');
  await keys.at('row', /^Messages/u);
  await keys.press('Enter');
  await keys.at('treegrid', /^(Messages|Queries)$/u);

  await keys.tabTo('tab', /^(Messages|Queries)$/u, 'Shift+Tab');
  await open(/^Findings/u);
  await keys.press('Tab');
  const finding = await keys.name();
  await keys.press('Enter');
  await keys.at('region', 'Finding');
  await keys.press('Escape');
  await eventually(async () => assert.equal(await keys.name(), finding));

  await keys.tabTo('tab', /^Findings/u, 'Shift+Tab');
  await open('Compare');
  await keys.tabTo('button', 'Choose: Side A');
  await keys.press('Enter');
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor();
  await keys.at('combobox', 'Side A');
  await keys.press('Enter');
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor({ state: 'detached' });
  await keys.at('combobox', 'Side A');

  await keys.tabTo('button', 'Add Note', 'Shift+Tab');
  await keys.press('Enter');
  await keys.at('textbox', /^Hypothesis/u);
  await page.keyboard.type('The upstream is silent');
  await keys.press('Control+Enter');
  await page.locator('.note').waitFor();
  await keys.at('tab', 'Notes (1)');
  await keys.press('Tab');
  await keys.at('button', /^Edit: Hypothesis/u);
  await keys.press('Tab');
  await keys.at('button', /^Delete: Hypothesis/u);
  await keys.press('Enter');
  await page.locator('.note').waitFor({ state: 'detached' });
  await keys.at('tab', 'Notes');
  assert.deepEqual(keys.shown.complaints, []);
});

test('a running trace: follow, freeze, clear, stop', async () => {
  const keys = new KeyWalk(await gallery.show({ capture: 'first-story', live: 0.5 }));
  const { page } = keys;
  const actions = (): Promise<readonly string[]> => page.evaluate(() => window.gallery!.host.actions);
  await keys.tabTo('button', 'Following new rows; scroll up to stay');
  await keys.press('Enter');
  await keys.at('button', 'Follow new rows');
  await keys.press('Space');
  await keys.at('button', 'Following new rows; scroll up to stay');
  await keys.press('Tab');
  await keys.at('button', 'Freeze: hold the rows still, the trace goes on');
  await keys.press('Enter');
  await keys.at('button', 'Frozen: show new rows again');
  await keys.press('Enter');
  await keys.at('button', 'Freeze: hold the rows still, the trace goes on');
  await keys.tabTo('button', 'Clear the rows');
  await keys.press('Enter');
  await eventually(async () => assert.ok((await actions()).includes('clear')));
  await keys.tabTo('button', 'Stop the trace', 'Shift+Tab');
  await keys.press('Enter');
  await eventually(async () => assert.ok((await actions()).includes('stop')));
  assert.deepEqual(keys.shown.complaints, []);
});

test('what went wrong: diagnostics are copied, and a message is let go of without losing the focus', async () => {
  const failed = new KeyWalk(await gallery.show({ scenario: 'failed' }));
  await failed.tabTo('button', 'Copy Diagnostics');
  await failed.press('Enter');
  await failed.page.waitForFunction(() => window.gallery?.host.actions.includes('copyDiagnostics'));
  await failed.at('button', 'Copy Diagnostics');

  const keys = await walk();
  const { page } = keys;
  await page.evaluate(() => {
    const answer = (): never => {
      throw new Error('The disk is full');
    };
    Object.assign(window.gallery!.host, { answer });
  });
  await keys.tabTo('button', 'Save the capture (pcapng)');
  await keys.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'The disk is full' }).waitFor();
  await keys.at('button', 'Save the capture (pcapng)');
  await keys.tabTo('button', 'Dismiss', 'Shift+Tab');
  await keys.press('Enter');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await eventually(async () => assert.notEqual(await keys.name(), 'nothing'));
});

test('a value left out by the menu of its row, sides of a comparison swapped, events of the timeline', async () => {
  const keys = await walk();
  const { page } = keys;
  await keys.tabTo('treegrid', 'Lookups');
  await keys.press('Home', 'Shift+F10');
  const menu = await keys.at('menu', 'Row');
  const items = await menu.getByRole('menuitem').allInnerTexts();
  const leaveOut = items.findIndex((item) => item.startsWith('Exclude this value: Name'));
  assert.ok(leaveOut > 0, items.join(', '));
  await keys.press('Home', ...Array.from({ length: leaveOut }, () => 'ArrowDown'), 'Enter');
  await page.locator('.chip-text', { hasText: 'none(name == myexternalendpoint.com.)' }).waitFor();
  await keys.at('treegrid', 'Lookups');

  await page.evaluate(() => window.gallery!.controller.compare({ a: 'failed', b: 'slow' }, { show: true }));
  await keys.tabTo('button', 'Swap A and B', 'Shift+Tab');
  await keys.press('Enter');
  await keys.at('button', 'Swap A and B');
  const sides = (): Promise<readonly string[]> =>
    Promise.all(['Side A', 'Side B'].map((name) => page.getByRole('combobox', { name, exact: true }).inputValue()));
  await eventually(async () => assert.deepEqual(await sides(), ['slow', 'failed']));

  await page.evaluate(() => {
    const { controller } = window.gallery!;
    const from = Number(controller.overviews.timeline.value?.startUs);
    const note = (atUs: number, text: string) => ({ kind: 'observation', atUs, text }) as const;
    controller.setNotes([note(from + 1e6, 'CoreDNS was busy'), note(from + 5e6, 'The upstream was back')]);
  });
  await page.locator('.timeline-mark').nth(1).waitFor();
  await keys.tabTo('button', /CoreDNS was busy/u, 'Shift+Tab');
  await keys.press('ArrowRight');
  await keys.at('button', /The upstream was back/u);
  await keys.press('ArrowLeft', 'Enter');
  await eventually(async () => assert.notEqual(await keys.name(), 'nothing'));
  assert.deepEqual(keys.shown.complaints, []);
});
