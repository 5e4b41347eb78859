import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, forward, watchedStory } from '../../support/story.ts';

test('a query that arrived in CoreDNS and went nowhere was dropped there', () => {
  const story = watchedStory();
  ask(story, { at: 0, name: 'www.example.com' });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error dropped-in-coredns coredns dropped-in-coredns']);
  assert.equal(findings.findings[0]!.action, 'restart-coredns');
  assert.equal(findings.findings[0]!.confidence, 'exact');
});

test('so it was when the upstream answered', () => {
  const story = watchedStory();
  ask(story, { at: 0, name: 'www.example.com' });
  forward(story, { at: 1, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  assert.deepEqual(story.run().told, ['error dropped-in-coredns coredns dropped-in-coredns']);
});

test('a silent upstream excludes it', () => {
  const story = watchedStory();
  ask(story, { at: 0, name: 'www.example.com' });
  forward(story, { at: 1, name: 'www.example.com' });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  assert.deepEqual(story.run().told, ['error upstream-no-answer upstream upstream-silent']);
});
