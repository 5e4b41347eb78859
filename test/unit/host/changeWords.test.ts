import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caveats, shownParagraphs } from '../../../src/host/changes/changeWords.ts';

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
