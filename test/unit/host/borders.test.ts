/** The small checks where something comes in from outside: settings, saved panel state, tree arguments, kubeconfig paths. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { kubeconfigPaths, watchedPaths } from '../../../src/host/cluster/kubeconfigPaths.ts';
import { asPodRef } from '../../../src/host/cluster/podRef.ts';
import { panelHtml } from '../../../src/host/panels/panelHtml.ts';
import { type DurationRange, parseDuration } from '../../../src/host/settings/duration.ts';
import { asPanelState } from '../../../src/host/traces/openTrace.ts';
import { asPanelMessage, MOST_CHOSEN } from '../../../src/protocol/webview.ts';

const slow: DurationRange = { setting: 'dnscope.slowThreshold', minNs: 5e3, maxNs: 10e9, rangeText: '5us to 10s' };

test('durations read as in seed 001, with either micro sign, and only inside their range', () => {
  const read = (text: string): number | undefined => parseDuration(text, slow).value;
  assert.deepEqual(['5ms', ' 250us ', '5µs', '5μs', '1.5s', '10s'].map(read), [5e6, 250e3, 5e3, 5e3, 1.5e9, 10e9]);
  for (const text of ['', '5', 'ms', '4us', '11s', '-5ms', '5 ms ms', '1e3ms', '5MS']) {
    const { value, problem } = parseDuration(text, slow);
    assert.equal(value, undefined, text);
    assert.match(problem?.detail ?? '', /dnscope\.slowThreshold/);
  }
  fc.assert(
    fc.property(
      fc.string(),
      (text) => (parseDuration(text, slow).value === undefined) !== (parseDuration(text, slow).problem === undefined),
    ),
  );
});

test('kubeconfig paths: the setting first, then the Kubernetes extension, lists and variables as users write them', () => {
  const places = { home: '/users/u', environment: { KUBECONFIG: ['/a', '/b'].join(path.delimiter), WORK: '/w' } };
  assert.equal(kubeconfigPaths(undefined, undefined, places), undefined);
  assert.deepEqual(kubeconfigPaths('~/.kube/x', '/y', places), ['/users/u/.kube/x']);
  assert.deepEqual(kubeconfigPaths(undefined, ['${userHome}/c', '${env:WORK}/d', ''].join(path.delimiter), places), [
    '/users/u/c',
    '/w/d',
  ]);
  assert.deepEqual(watchedPaths(undefined, places), ['/a', '/b']);
  assert.deepEqual(watchedPaths(undefined, { home: '/users/u', environment: {} }), [
    path.join('/users/u', '.kube', 'config'),
  ]);
});

test('what a webview or a menu hands over is taken only in the right shape', () => {
  assert.deepEqual(asPodRef({ namespace: 'shop', pod: 'x', label: 'x' }), { namespace: 'shop', pod: 'x' });
  assert.deepEqual(asPanelState({ kind: 'live', choice: { context: 'c', namespace: 'n', pod: 'p', more: 1 } }), {
    kind: 'live',
    choice: { context: 'c', namespace: 'n', pod: 'p' },
  });
  assert.deepEqual(asPanelState({ kind: 'files', paths: ['/a'] }), { kind: 'files', paths: ['/a'] });
  for (const bad of [
    undefined,
    null,
    1,
    'x',
    [],
    {},
    { kind: 'files', paths: [1] },
    { kind: 'live', choice: { context: 'c' } },
    { namespace: '', pod: 'x' },
  ]) {
    assert.equal(asPanelState(bad), undefined);
    assert.equal(asPodRef(bad), undefined);
  }
  fc.assert(
    fc.property(fc.anything(), (value) => {
      asPanelState(value);
      asPodRef(value);
    }),
  );
});

test('the panel document lets nothing out of its script, whatever names it holds', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const html = panelHtml({
        cspSource: 'https://x',
        nonce: 'abc',
        scriptUri: 'https://x/a.js',
        styleUri: 'https://x/a.css',
        restore: { name: `${name}</script><script>` },
        language: 'en',
        translations: { [name]: `${name}</script><script>` },
      });
      assert.equal(html.match(/<script/g)?.length, 3);
      assert.equal(html.match(/<script nonce="abc">|<script type="module" nonce="abc"/g)?.length, 2);
    }),
  );
  const html = panelHtml({
    cspSource: 'https://x',
    nonce: 'abc',
    scriptUri: 'https://x/a.js',
    styleUri: 'https://x/a.css',
    restore: {},
    language: 'pt-br',
    translations: {},
  });
  assert.match(html, /<html lang="pt-br">/);
  assert.match(html, /default-src 'none'/);
  assert.doesNotMatch(html, /unsafe-inline|unsafe-eval|\*/);
});

test('rows to export are numbers of lookups, not too many, with the generation they are of', () => {
  const read = (action: unknown): unknown =>
    asPanelMessage({ type: 'request', id: 1, request: { kind: 'action/run', action } });
  const many = Array.from({ length: MOST_CHOSEN }, (_, id) => id);
  for (const lookups of [[3, 1], many]) assert.ok(read({ name: 'exportRows', lookups, generation: 2 }) !== undefined);
  for (const lookups of [undefined, [], [-1], ['1'], [0.5], [...many, 1], { 0: 1 }])
    assert.equal(read({ name: 'exportRows', lookups, generation: 2 }), undefined);
  assert.equal(read({ name: 'exportRows', lookups: [1] }), undefined);
  assert.ok(read({ name: 'openInWireshark' }) !== undefined);
});

test('rows are sorted by columns that they have', () => {
  const read = (view: object): unknown =>
    asPanelMessage({ type: 'request', id: 1, request: { kind: 'view/set', filter: '', ...view } });
  const by = (column: unknown): object => ({ sort: { column, descending: false } });
  for (const sound of [by('client'), { rows: 'lookups', ...by('outcome') }, { rows: 'messages', ...by('size') }, {}])
    assert.ok(read(sound) !== undefined, JSON.stringify(sound));
  for (const bad of [by('size'), { rows: 'messages', ...by('client') }, by('toString'), by(1), { rows: 'packets' }])
    assert.equal(read(bad), undefined, JSON.stringify(bad));
});

test('a timeline is asked for in a number of intervals, of a part that has a length', () => {
  const read = (timeline: object): unknown =>
    asPanelMessage({ type: 'request', id: 1, request: { kind: 'timeline/read', ...timeline } });
  const sound = [{ fromUs: 1.25, toUs: 2 }, { lastUs: 1 }, undefined];
  for (const part of sound) assert.ok(read({ intervals: 240, part }) !== undefined, JSON.stringify(part));
  const bad = [null, {}, { fromUs: 2, toUs: 2 }, { fromUs: 1 }, { lastUs: Number.NaN }, { lastUs: '1' }];
  for (const part of bad) assert.equal(read({ intervals: 240, part }), undefined, JSON.stringify(part));
  for (const intervals of [undefined, 0, 2001, 1.5]) assert.equal(read({ intervals }), undefined);
});

test('details are asked of a query or a message by its number', () => {
  const read = (event: object): unknown =>
    asPanelMessage({ type: 'request', id: 1, request: { kind: 'event/details', ...event } });
  for (const rows of ['transactions', 'messages']) assert.ok(read({ rows, id: 0 }) !== undefined);
  for (const bad of [{ rows: 'lookups', id: 0 }, { rows: 'messages', id: -1 }, { rows: 'messages' }, { id: 1 }])
    assert.equal(read(bad), undefined, JSON.stringify(bad));
});
