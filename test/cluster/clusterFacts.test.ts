/** The facts that rules get of a real cluster are those its API was given, and its own Corefile is fine by them. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { lintCorefile } from '../../src/core/corefile/lint.ts';
import { ClusterModel } from '../../src/session/cluster/clusterModel.ts';
import { coreDnsBuildOf } from '../../src/session/cluster/coreDnsBuild.ts';
import { clock, openApi } from './captureBench.ts';
import { isLab, kubectl, readCorefile, setCorefile } from './lab/labClient.ts';
import { defaultCorefile } from './lab/manifests.ts';

describe('the facts of a running cluster', () => {
  before(async () => {
    if (isLab() && (await readCorefile()) !== defaultCorefile) await setCorefile(defaultCorefile);
  });

  it('hold what CoreDNS is given and what it says of itself', async () => {
    using kube = await openApi();
    const model = new ClusterModel({ kube, clock });
    try {
      model.start();
      await model.whenReady();
      const pod = model.discovery?.pods[0]?.metadata?.name ?? '';
      const path = `/api/v1/namespaces/kube-system/pods/${pod}:9153/proxy/metrics`;
      const coreDnsBuild = coreDnsBuildOf(await kubectl(['get', '--raw', path]));
      const facts = model.clusterFacts({ server: 'coredns' }, { coreDnsBuild });
      const { coreDns } = facts;
      assert.deepEqual(coreDns?.liveness, { path: '/health', port: 8080 });
      assert.deepEqual(coreDns.readiness, { path: '/ready', port: 8181 });
      assert.deepEqual(coreDns.mounts?.find(({ path: at }) => at === '/etc/coredns')?.configMap, 'coredns');
      assert.ok(coreDns.enabledPlugins?.includes('kubernetes'));
      assert.match(coreDns.version ?? '', /^\d+\.\d+\.\d+$/u);
      assert.equal(coreDns.corefile, await readCorefile());
      assert.ok((facts.podCount ?? 0) >= 2);
      assert.equal(facts.dnsServicePorts?.find(({ port }) => port === 53)?.targetPort, 53);
      assert.ok((facts.services?.find(({ name }) => name === 'kube-dns')?.readyEndpoints ?? 0) >= 1);
      const { diagnostics } = lintCorefile(coreDns.corefile, { file: 'Corefile', cluster: facts });
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
        [],
      );
      if (isLab()) assert.equal(coreDns.memoryLimitBytes, 170 * 2 ** 20);
    } finally {
      model.dispose();
    }
  });
});
