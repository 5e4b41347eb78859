import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseUpstream, readCorefile, upstreamsOf } from '../../../src/core/corefile/model.ts';
import { parseServerKey } from '../../../src/core/corefile/serverKey.ts';
import { compareVersions, existsIn, pluginCatalogue } from '../../../src/core/corefile/pluginCatalogue.ts';
import { suggest } from '../../../src/core/corefile/suggest.ts';

describe('parseServerKey', () => {
  const good: readonly (readonly [key: string, zones: string])[] = [
    ['.', 'dns://. 53'],
    ['Example.ORG:1053', 'dns://example.org. 1053'],
    ['tls://a', 'tls://a. 853'],
    ['https3://a', 'https3://a. 443'],
    ['TLS://a', 'dns://tls://a. 53'],
    ['a:dns', 'dns://a:dns. 53'],
    ['a:+053', 'dns://a. 53'],
    ['10.0.0.0/24', 'dns://0.0.10.in-addr.arpa. 53'],
    ['10.0.0.77/24', 'dns://0.0.10.in-addr.arpa. 53'],
    ['10.0.0.0/23:54', 'dns://0.0.10.in-addr.arpa.,1.0.10.in-addr.arpa. 54'],
    ['10.0.0.0/33', 'dns://10.0.0.0/33. 53'],
    ['2001:db8::/32', 'dns://8.b.d.0.1.0.0.2.ip6.arpa. 53'],
    ['2001:db8::1', 'dns://2001:db8:. 1'],
    ['0.0.0.0/0', 'dns://in-addr.arpa. 53'],
    [`${'a'.repeat(63)}.b`, `dns://${'a'.repeat(63)}.b. 53`],
    ['a\\.b', 'dns://a\\.b. 53'],
  ];
  for (const [key, expected] of good) {
    test(`reads ${key}`, () => {
      const result = parseServerKey(key);
      assert.ok(result.ok);
      assert.equal(`${result.key.transport}://${result.key.zones.join(',')} ${result.key.port}`, expected);
    });
  }

  const bad: readonly (readonly [key: string, kind: string])[] = [
    ['', 'zone-missing'],
    [':53', 'zone-missing'],
    ['a:', 'port-missing'],
    ['a..b', 'zone-invalid'],
    ['.a', 'zone-invalid'],
    [`${'a'.repeat(64)}.b`, 'zone-invalid'],
    [`${'a.'.repeat(127)}bc`, 'zone-too-long'],
    ['::/8', 'cidr-invalid'],
    ['0::/8', 'cidr-invalid'],
  ];
  for (const [key, kind] of bad) {
    test(`refuses ${key.slice(0, 20)}`, () => {
      const result = parseServerKey(key);
      assert.equal(result.ok ? 'ok' : result.problem.kind, kind);
    });
  }

  test('the default port can be moved', () => {
    const result = parseServerKey('a', 1053);
    assert.equal(result.ok && result.key.port, '1053');
  });
});

describe('readCorefile', () => {
  const model = readCorefile(`(dns) {
    forward . /etc/resolv.conf 192.0.2.1:5300 {
        max_concurrent 1000
        policy sequential
        force_tcp
        except a.org b.org
    }
}
.:53 {
    errors
    health :8090
    ready
    prometheus :9153
    kubernetes cluster.local 10.0.0.0/8
    import dns
}
example.org {
    prometheus
    forward sub.Example.org tls://192.0.2.2%dns.example tls://[2001:db8::1]:8853 {$DNS}
}
`);

  test('upstreams come with zone, address, port, transport and line', () => {
    assert.deepEqual(upstreamsOf(model), [
      { from: '.', to: { file: '/etc/resolv.conf' }, line: 2 },
      { from: '.', to: { address: '192.0.2.1', port: 5300, transport: 'dns' }, line: 2 },
      {
        from: 'sub.example.org.',
        to: { address: '192.0.2.2', port: 853, transport: 'tls', serverName: 'dns.example' },
        line: 19,
      },
      { from: 'sub.example.org.', to: { address: '2001:db8::1', port: 8853, transport: 'tls' }, line: 19 },
    ]);
  });

  test('options of forward', () => {
    const forward = model.blocks[0]?.forwards[0];
    assert.equal(forward?.maxConcurrent, 1000);
    assert.equal(forward?.policy, 'sequential');
    assert.equal(forward?.forceTcp, true);
    assert.deepEqual(forward?.except, ['a.org.', 'b.org.']);
  });

  test('a snippet imported twice: the plugin reads its second word as an argument, as in CoreDNS', () => {
    const twice = readCorefile('(s) {\n log\n}\n. {\n import s\n import s\n}\n');
    const stanzas = twice.blocks[0]?.plugins.get('log') ?? [];
    assert.deepEqual(
      stanzas.map(({ name, args }) => [name, ...args].map(({ text }) => text)),
      [['log', 'log']],
    );
  });

  test('where plugins listen, and the zones of kubernetes', () => {
    const [first, second] = model.blocks;
    assert.deepEqual(first?.kubernetesZones, ['cluster.local.', '10.in-addr.arpa.']);
    assert.equal(first?.health?.port, 8090);
    assert.equal(first?.ready?.port, 8181);
    assert.deepEqual([second?.prometheus?.host, second?.prometheus?.port], ['localhost', 9153]);
    assert.equal(second?.ready, undefined);
  });
});

describe('small parts', () => {
  test('parseUpstream tells addresses, names and files apart', () => {
    assert.deepEqual(parseUpstream('dns.example.org'), { address: 'dns.example.org', port: 53, transport: 'dns' });
    assert.deepEqual(parseUpstream('https://9.9.9.9'), { address: '9.9.9.9', port: 443, transport: 'https' });
    assert.deepEqual(parseUpstream('2001:db8::1'), { address: '2001:db8::1', port: 53, transport: 'dns' });
    assert.deepEqual(parseUpstream('./resolv.conf'), { file: './resolv.conf' });
  });

  test('versions compare by number', () => {
    assert.equal(compareVersions('1.9.4', '1.10.0'), -1);
    assert.equal(compareVersions('v1.11.3-2', '1.11.3'), 0);
    const proxy = pluginCatalogue().get('proxy');
    assert.ok(proxy !== undefined);
    assert.equal(existsIn(proxy, '1.4.0'), 'yes');
    assert.equal(existsIn(proxy, '1.5.0'), 'removed');
    assert.equal(proxy.replacedBy, 'forward');
  });

  test('suggest finds a slip, not a stranger', () => {
    const names = ['forward', 'errors', 'cache', 'log', 'loop'];
    assert.equal(suggest('forwrad', names), 'forward');
    assert.equal(suggest('Errors', names), 'errors');
    assert.equal(suggest('lopo', names), 'loop');
    assert.equal(suggest('kubernetes', names), undefined);
    assert.equal(suggest('f'.repeat(100_000), names), undefined);
  });
});
