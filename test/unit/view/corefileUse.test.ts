import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { CorefileUse } from '../../../src/core/view/corefileUse.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';
import { UPSTREAM, ask, forward, watchedStory, type Told } from '../../support/story.ts';

const COREFILE = `corp.example.com {
    forward . 192.0.2.10
}
. {
    kubernetes cluster.local
    forward . ${UPSTREAM}
}
`;

/** One lookup of the cluster, one that its upstream answers, one that it refuses, one of the company's zone. */
function told(): Told {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  for (const [at, name, rcode] of [
    [1000, 'www.example.org', undefined],
    [2000, 'bad.example.org', 'REFUSED'],
  ] as const) {
    const answer = rcode === undefined ? { answers: ['192.0.2.1'] } : { rcode };
    ask(story, { at, took: 3, name, ...answer });
    forward(story, { at: at + 0.4, took: 2, name, ...answer });
  }
  ask(story, { at: 3000, took: 1, name: 'www.corp.example.com', answers: ['192.0.2.11'] });
  const run = story.run();
  run.engine.setTopology({ ...emptyTopology, ...corefileTopology(COREFILE) });
  return run;
}

test('each lookup counts for its server block and for the plugin that served it', () => {
  assert.deepEqual(new CorefileUse(told().engine).byLine(), [
    { line: 1, lookups: 1, failed: 0 },
    { line: 2, lookups: 1, failed: 0 },
    { line: 4, lookups: 3, failed: 1 },
    { line: 5, lookups: 1, failed: 0 },
    { line: 6, lookups: 2, failed: 1 },
  ]);
});

test('corefile:LINE shows the rows that the line served, and goes with other words', () => {
  const { engine, findings } = told();
  const view = new LookupView(engine);
  view.update(findings);
  const names = (filter: string): readonly string[] => {
    view.set(filter, undefined);
    return view.read(0, 10).map(({ name }) => name);
  };
  assert.deepEqual(names('corefile:6'), ['www.example.org.', 'bad.example.org.']);
  assert.deepEqual(names('corefile:6 failed'), ['bad.example.org.']);
  assert.deepEqual(names('corefile:99'), []);
});

test('a changed Corefile is asked again', () => {
  const { engine } = told();
  const use = new CorefileUse(engine);
  assert.equal(use.of(3)?.block.line, 1);
  engine.setTopology({ ...emptyTopology, ...corefileTopology('.:53 {\n  whoami\n}\n') });
  assert.deepEqual([use.of(3)?.block.line, use.of(3)?.plugin], [1, undefined]);
  engine.setTopology(emptyTopology);
  assert.equal(use.of(3), undefined);
});
