import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  carriedText,
  caveats,
  forceQuestion,
  shownParagraphs,
  writtenButLost,
} from '../../../src/host/changes/changeWords.ts';

test('what is worth knowing comes with what to do about it, and a missing right with its purpose', () => {
  const warnings = [
    { code: 'a', detail: 'One replica serves all', recover: 'Add a second one' },
    { code: 'b', detail: 'No reload' },
  ];
  const check = { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'kube-system' } as const;
  const right = { check, text: 'get pods/log', purpose: 'To see the states' };
  assert.deepEqual(caveats({ warnings, missing: [right] }), [
    'Note: One replica serves all. Add a second one',
    'Note: No reload',
    'Missing permission: get pods/log. To see the states',
  ]);
  assert.deepEqual(caveats({ warnings: [] }), []);
});

test('a dialog shows paragraphs, keeps their lines, and makes hidden characters visible', () => {
  assert.equal(shownParagraphs(['one\n− two', '', 'three']), 'one\n− two\n\nthree');
  assert.doesNotMatch(shownParagraphs(['log \u202e gnp']), /\u202e/);
});

test('who goes on against lint learns whether CoreDNS itself is asked next', () => {
  const reloads = { reload: { kind: 'reload', usualMs: 1, text: '' } } as const;
  const next = forceQuestion(reloads, ['line 3: no'], true);
  assert.match(
    `${next.question}\n${next.detail}`,
    /^Go on all the same\?\nline 3: no\n\nNothing is written yet.*CoreDNS itself is asked/,
  );
  const last = forceQuestion(reloads, ['line 3: no'], false);
  assert.match(`${last.question}\n${last.detail}`, /^Write it all the same\?\nline 3: no\n\nA replica that refuses/);
  const fixed = forceQuestion({ reload: { kind: 'restart', text: 'No reload' } }, [], false).detail;
  assert.match(fixed, /^No reload\. Until then nobody sees .* only when you roll back\.$/);
  assert.doesNotMatch(fixed, /goes on with the old one/);
});

test('an edit that was carried over says what stayed behind', () => {
  const none = { override: '', server: '', left: [] };
  assert.match(carriedText(none, 'coredns-custom'), /^Only blanks and comments differ/);
  assert.match(carriedText({ ...none, left: ['cache 60'] }, 'coredns-custom'), /^Nothing of this edit .*: cache 60$/);
  assert.match(carriedText({ ...none, server: 'a {\n}\n' }, 'coredns-custom'), /made in$/);
  const some = carriedText(
    { ...none, override: 'log\n', left: ['a\u202e', ...Array<string>(20).fill('b')] },
    'coredns-custom',
  );
  assert.match(some, /^Carried over to coredns-custom: .* Not carried over, .*: a\\u\{202e\}; b; .*; …$/);
});

test('a failure after the write says that the text stands', () => {
  const place = { namespace: 'kube-system', name: 'coredns', key: 'Corefile' };
  const { detail, recover } = writtenButLost(place, { code: 'unexpected', detail: 'boom' });
  assert.match(detail, /^Corefile of ConfigMap kube-system\/coredns was written, but .*: boom$/);
  assert.match(recover ?? '', /put the previous text back$/);
});
