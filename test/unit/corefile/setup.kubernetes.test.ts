/** The twin of kubernetes' setup, on stanzas that CoreDNS 1.15.0 was seen to take or refuse. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { labelSelectorProblem } from '../../../src/core/corefile/setup/labelSelector.ts';
import { codesOf, refusalsIn } from '../../support/setupCodes.ts';

const OPTIONS: readonly (readonly [options: string, codes: readonly string[]])[] = [
  ['pods verified', []],
  ['pods veryfied', ['CF306']],
  ['pods', ['CF304']],
  ['endpoint_pod_names x', ['CF304']],
  ['tls a b', ['CF304']],
  ['labels a in (b, c), d notin (e)', []],
  ['labels a in b', ['CF306']],
  ['namespaces', ['CF304']],
  ['namespace_labels a=b', []],
  ['namespace_labels a=b\n namespaces x', ['CF427']],
  ['ttl 5 x', []],
  ['ttl 3601', ['CF306']],
  ['ttl 5s', ['CF305']],
  ['noendpoints\n zonal', ['CF427']],
  ['ignore', []],
  ['ignore empty', ['CF306']],
  ['kubeconfig', ['CF304']],
  ['multicluster CLUSTER.LOCAL.', []],
  ['multicluster other.local', ['CF309']],
  ['multicluster other.local\n multicluster cluster.local', []],
  ['startup_timeout 5', ['CF305']],
  ['apiserver_qps 1e38', []],
  ['apiserver_qps inf', []],
  ['apiserver_qps 1e39', ['CF305']],
  ['apiserver_qps -1', ['CF306']],
  ['apiserver_burst -1', ['CF306']],
  ['apiserver_max_inflight 1.5', ['CF305']],
  ['upstream', ['CF303']],
];

describe('kubernetes', () => {
  for (const [options, codes] of OPTIONS) {
    test(options, () => assert.deepEqual(codesOf(`kubernetes cluster.local {\n ${options}\n}`), codes));
  }

  test('needs a zone that is no reverse zone', () => {
    assert.deepEqual(codesOf('kubernetes 10.0.0.0/8'), ['CF306']);
    assert.deepEqual(codesOf('kubernetes 10.in-addr.arpa 8.b.d.0.1.0.0.2.ip6.arpa'), ['CF306']);
    assert.deepEqual(codesOf('kubernetes a..b'), ['CF306']);
    assert.deepEqual(codesOf('kubernetes 10.0.0.0/8 cluster.local'), []);
    assert.deepEqual(codesOf('kubernetes in-addr.arpa'), []);
    assert.deepEqual(codesOf('kubernetes', '10.0.0.0/8'), ['CF306']);
    assert.deepEqual(codesOf('kubernetes', '10.0.0.0/8 cluster.local'), []);
    assert.deepEqual(codesOf('kubernetes', '{$ZONE}'), []);
  });

  test('stands once', () => {
    assert.deepEqual(codesOf('kubernetes a.local\nkubernetes b.local'), ['CF301']);
    assert.match(refusalsIn('kubernetes a.local\n{\n pods verified\n}')[0]?.message ?? '', /Move it up/u);
  });

  test('k8s_external needs it in the same block, unless an unknown import may bring it', () => {
    assert.deepEqual(codesOf('k8s_external a.example'), ['CF309']);
    assert.deepEqual(codesOf('k8s_external a.example\nkubernetes cluster.local'), []);
    assert.deepEqual(codesOf('k8s_external a.example\nimport other/*.override'), []);
    assert.deepEqual(codesOf('k8s_external a.example\n{$PLUGIN} cluster.local'), []);
  });
});

describe('label selectors', () => {
  const taken = ['', 'a', '!a,b', 'a=b,c==d', 'a=', 'a in ()', 'a in (,)', 'a in (b,,c)', 'in', 'in=in', 'x.y/a=b'];
  for (const text of [...taken, 'notin in (in,notin)']) {
    test(`takes ${JSON.stringify(text)}`, () => assert.equal(labelSelectorProblem(text), undefined));
  }

  const refused = ['a,', ',a', 'a b', 'a>5', 'a!=b', '-a', 'a=-b', 'X.y/a', 'a/b/c', 'a=b=c', '=a', '!a in (b)'];
  for (const text of [...refused, 'a in b', 'a in (b', 'a in (b c)', 'a in (=)', 'a in ((b))', `a=${'b'.repeat(64)}`]) {
    test(`refuses ${text}`, () => assert.ok(labelSelectorProblem(text) !== undefined));
  }

  test('any text is read to its end', () => {
    const piece = fc.constantFrom('a', 'in', 'notin', '=', '!', '(', ')', ',', '<', ' ', '/', '-', '\0');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        labelSelectorProblem(pieces.join(''));
      }),
    );
  });
});
