import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { POD, VIP, watchedStory, type Told } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

const ORDERS = placedPod('shop/order-service', POD);

/** The pod asks `server` twice; its second question is answered when `answers`. */
function asks(server: string, answers = false, pods = [ORDERS]): Told {
  const story = watchedStory();
  const query = { client: POD, server, vantage: 'shop/order-service' };
  story.leg({ ...query, at: 0, port: 43_000, id: 500, name: 'www.example.com' });
  story.leg({ ...query, at: 9000, port: 43_001, id: 501, name: 'www.example.org', ...(answers ? { took: 1 } : {}) });
  return story.run(undefined, (engine) => {
    engine.setTopology({ ...emptyTopology, pods, services: [KUBE_DNS] });
  });
}

test('an address that is nothing in the cluster and never answers', () => {
  const { told, findings } = asks('10.100.0.10');
  assert.deepEqual(told, ['error stale-resolver-address config stale-resolver-address']);
  assert.match(
    findings.findings[0]!.title,
    /^shop\/order-service asks 10\.100\.0\.10 .* its DNS Service is 10\.96\.0\.10/,
  );
});

test('the DNS Service itself, a public server, one that answers, and an unknown client are not', () => {
  for (const { told } of [asks(VIP), asks('198.51.100.7'), asks('10.100.0.10', true), asks('10.100.0.10', false, [])])
    assert.ok(told.length > 0 && !told.some((line) => line.includes('stale')), told.join());
});
