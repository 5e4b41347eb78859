import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { wayOf } from '../../../src/core/view/way.ts';
import { ask, watchedStory } from '../../support/story.ts';

test('an error told before CoreDNS was listened to is not drawn as CoreDNS’s', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', rcode: 'SERVFAIL' });
  const [pod, resolver] = [...story.captures().values()];
  const engine = new TraceEngine();
  engine.addVantage(pod!.vantage);
  engine.addVantage(resolver!.vantage);
  engine.openStream(0).push(pod!.bytes);
  engine.tick(engine.trace.epochNs(engine.trace.now + 5e9));
  engine.openStream(1).push(resolver!.bytes.slice(0, 24));
  engine.tick(engine.trace.epochNs(engine.trace.now + 10e9));
  engine.refresh();
  assert.deepEqual(
    wayOf(engine, 0, undefined).map(({ hop, state, note }) => [hop, state, note]),
    [
      ['client', 'ok', undefined],
      ['kube-dns', 'unwatched', 'not watched'],
      ['coredns', 'unwatched', 'not watched yet'],
      ['upstream', 'unwatched', 'not watched'],
    ],
  );
});
