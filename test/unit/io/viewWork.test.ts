import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemError } from '../../../src/base/problem.ts';
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

test('messages are put in order in slices as lookups are, and follow a trace that changed', async () => {
  const told = twentyNames().run();
  let onUpdated = (): void => undefined;
  const work = workOn(told, () => onUpdated());
  const shown = () => work.events;
  const rows = { level: 'messages', sort: { column: 'latency', descending: true } } as const;
  const set = work.set('', undefined, rows);
  assert.equal(shown(), undefined, 'lookups until messages are in order');
  assert.equal(await set, true);
  assert.deepEqual([shown()?.count, shown()?.sort?.column], [80, 'latency']);
  assert.equal(await work.set('', undefined, rows), true);
  const dropped = work.set('', undefined, { level: 'messages', sort: { column: 'size', descending: false } });
  assert.equal(await work.set('', undefined, { level: 'messages', sort: undefined }), true);
  assert.deepEqual([await dropped, shown()?.sort], [false, undefined]);

  await work.set('', undefined, rows);
  told.engine.setSlowThreshold(1);
  told.engine.refresh();
  const updated = new Promise<void>((resolve) => (onUpdated = resolve));
  work.update(told.findings);
  assert.equal(work.isCurrent, false);
  await updated;
  assert.deepEqual([work.isCurrent, shown()?.count], [true, 80]);
  assert.equal(await work.set('', undefined), true);
  assert.equal(shown(), undefined);
  work.dispose();
});

test('work that is dropped with the trace answers all the same', async () => {
  const work = workOn(twentyNames().run());
  const set = work.set('refused', undefined);
  work.dispose();
  assert.equal(await set, false);
  assert.equal(work.view.filter, '');
});

/** A view some of whose rows cannot be read. */
class LosingView extends LookupView {
  isLost = false;

  override *setting(...args: Parameters<LookupView['setting']>): ReturnType<LookupView['setting']> {
    yield* this.#lost();
    return yield* super.setting(...args);
  }

  override *updating(...args: Parameters<LookupView['updating']>): ReturnType<LookupView['updating']> {
    yield* this.#lost();
    yield* super.updating(...args);
  }

  *#lost(): Generator<undefined, void> {
    yield undefined;
    if (this.isLost) throw new ProblemError({ code: 'rows-lost', detail: 'Rows are lost' });
  }
}

test('work that fails is told, and later work begins all the same', async () => {
  const { engine, findings } = twentyNames().run();
  const view = new LosingView(engine);
  view.update(findings);
  let onUpdated = (): void => undefined;
  const work = new ViewWork(engine, view, () => onUpdated(), { manyRows: 1, sliceMs: 0 });
  const changed = async (slow: number): Promise<void> => {
    engine.setSlowThreshold(slow);
    engine.refresh();
    const updated = new Promise<void>((resolve) => (onUpdated = resolve));
    work.update(findings);
    await updated;
  };
  view.isLost = true;
  await assert.rejects(work.set('refused', undefined), /Rows are lost/u);
  const older = work.set('refused', undefined);
  await assert.rejects(work.set('', { column: 'name', descending: true }), /Rows are lost/u);
  assert.equal(await older, false);
  view.isLost = false;
  assert.equal(await work.set('refused', undefined), true);
  view.isLost = true;
  await changed(1);
  assert.deepEqual([work.problems[0]?.code, view.isCurrent], ['rows-lost', false]);
  view.isLost = false;
  // It may rest first.
  for (let slow = 2; !view.isCurrent; slow++) await changed(slow);
  assert.deepEqual([work.problems, view.count], [[], 4]);
  work.dispose();
});
