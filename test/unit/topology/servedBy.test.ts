import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servedBy } from '../../../src/core/topology/servedBy.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';

const { servers } = corefileTopology(`corp.example.com:53 {
    forward . 192.0.2.10
}
.:53 {
    kubernetes cluster.local in-addr.arpa
    forward lab.example.org 192.0.2.20
    forward . /etc/resolv.conf {
        except internal.example.net
    }
}
.:5353 {
    forward . 192.0.2.30
}
`);
const served = (name: string, port?: number, upstream?: string): string => {
  const found = servedBy(servers, name, port, upstream);
  const plugin = found?.plugin === undefined ? '' : ` ${found.plugin.name} ${String(found.plugin.line)}`;
  return found === undefined ? 'nothing' : `${found.block.label}${plugin}`;
};

describe('servedBy', () => {
  test('the longest zone wins, not the first', () => {
    assert.equal(served('www.CORP.example.com.', 53), 'corp.example.com:53 forward 2');
    assert.equal(served('corp.example.com', 53), 'corp.example.com:53 forward 2');
    assert.equal(served('notcorp.example.com.', 53), '.:53 forward 7');
  });

  test('a block on another port serves nothing of this one', () => {
    assert.equal(served('www.corp.example.com.', 5353), '.:5353 forward 12');
    assert.equal(served('www.corp.example.com.', 1053), 'corp.example.com:53 forward 2');
  });

  test('kubernetes owns its zones unless an upstream was asked', () => {
    assert.equal(served('a.shop.svc.cluster.local.', 53), '.:53 kubernetes 5');
    assert.equal(served('4.3.2.1.in-addr.arpa.', 53, '198.51.100.1'), '.:53 forward 7');
  });

  test('the forward whose upstream was asked, or whose file may name it', () => {
    assert.equal(served('x.lab.example.org.', 53, '192.0.2.20'), '.:53 forward 6');
    assert.equal(served('x.lab.example.org.', 53), '.:53 forward 6');
    assert.equal(served('www.example.org.', 53, '198.51.100.1'), '.:53 forward 7');
  });

  test('a name that every forward leaves out has a block and no plugin', () => {
    assert.equal(served('a.internal.example.net.', 53), '.:53');
  });

  test('without a block for the name there is nothing to show', () => {
    assert.equal(servedBy([], 'www.example.org.'), undefined);
    assert.equal(servedBy(servers.slice(0, 1), 'www.example.org.'), undefined);
  });
});
