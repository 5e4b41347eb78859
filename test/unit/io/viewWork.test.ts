import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { ViewWork } from '../../../src/io/viewWork.ts';
import { ask, watchedStory, type Story, type Told } from '../../support/story.ts';

function twentyNames(): Story {
  const story = watchedStory();
  for (let i = 0; i < 20; i++) {
    const name = `n${String(i)}.example.com`;
    ask(story, { at: i * 100, took: 1 + ((i * 7) % 20), name, ...(i % 5 === 4 ? { rcode: 'REFUSED' } : {}) });
  }
  return story;
}

/** Every step in a slice of its own. */
function workOn({ engine, findings }: Told, onDidUpdate: () => void = () => undefined): ViewWork {
  const view = new LookupView(engine);
  view.update(findings);
  return new ViewWork(engine, view, onDidUpdate, { manyRows: 1, sliceMs: 0 });
}

const first = ({ view }: ViewWork): string => view.read(0, 1)[0]!.name;

test('rows stay as they were until the new ones are there', async () => {
  const work = workOn(twentyNames().run());
  const set = work.set('refused', { column: 'name', descending: true });
  assert.deepEqual([work.view.filter, work.view.count, first(work)], ['', 20, 'n0.example.com.']);
  assert.equal(await set, true);
  assert.deepEqual([work.view.filter, work.view.count, first(work)], ['refused', 4, 'n9.example.com.']);
});

test('a newer view drops the work on an older one, which is answered when the newer is there', async () => {
  const work = workOn(twentyNames().run());
  const older = work.set('refused', { column: 'name', descending: true });
  const newer = work.set('', { column: 'latency', descending: true });
  assert.equal(await older, false);
  assert.deepEqual([work.view.filter, work.view.sort?.column, work.view.count], ['', 'latency', 20]);
  assert.equal(await newer, true);
});

test('a filtered trace that changed is brought up to date in slices, and tells when it is', async () => {
  const told = twentyNames().run();
  let onUpdated = (): void => undefined;
  const updated = new Promise<void>((resolve) => (onUpdated = resolve));
  const work = workOn(told, () => {
    onUpdated();
  });
  await work.set('refused', { column: 'name', descending: false });
  told.engine.setSlowThreshold(1);
  told.engine.refresh();
  work.update(told.findings);
  assert.equal(work.view.isCurrent, false);
  await updated;
  assert.deepEqual([work.view.isCurrent, work.view.count], [true, 4]);
  work.dispose();
});

test('work that is dropped with the trace answers all the same', async () => {
  const work = workOn(twentyNames().run());
  const set = work.set('refused', undefined);
  work.dispose();
  assert.equal(await set, false);
  assert.equal(work.view.filter, '');
});
