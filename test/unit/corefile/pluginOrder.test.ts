/** The order in which plugins see a query, per release, against what the releases' plugin.cfg says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { executionOrder, existsIn, pluginCatalogue } from '../../../src/core/corefile/pluginCatalogue.ts';

describe('execution order', () => {
  test('is that of the release', () => {
    const newest =
      'root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof shed prometheus errors log dnstap local dns64 siit any chaos loadbalance tsig rewrite autopath acl cache header dnssec tls minimal template transfer dynupdate hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad';
    assert.equal(executionOrder('1.15.0').join(' '), newest);
    assert.equal(executionOrder('v1.99.0').join(' '), newest);
    assert.equal(executionOrder('0.9.0'), executionOrder('0.9.0'));
    assert.deepEqual(executionOrder('0.9.0'), executionOrder('1.0.0'));
    // cache and rewrite changed places more than once.
    const around = (version: string): string =>
      executionOrder(version)
        .filter((name) => ['acl', 'rewrite', 'autopath', 'cache'].includes(name))
        .join(' ');
    assert.equal(around('1.14.1'), 'acl cache rewrite autopath');
    assert.equal(around('1.14.6'), 'cache rewrite acl autopath');
    assert.equal(around('1.14.7'), 'rewrite autopath acl cache');
  });

  for (const version of ['1.0.0', '1.1.1', '1.5.0', '1.7.0', '1.11.3', '1.14.7', '1.15.0']) {
    test(`holds exactly the plugins of ${version}`, () => {
      const order = executionOrder(version);
      assert.equal(new Set(order).size, order.length);
      const known = [...pluginCatalogue().values()].filter((facts) => existsIn(facts, version) === 'yes');
      assert.deepEqual([...order].sort(), known.map(({ name }) => name).sort());
    });
  }
});
