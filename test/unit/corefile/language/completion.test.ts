/** What is offered where; `‸` is the cursor. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completions, labels } from './drawn.ts';

const zones = (): readonly string[] => ['cluster.local.', 'shop.svc.cluster.local.', 'db.shop.svc.cluster.local.'];

describe('Completion of server keys', () => {
  test('transports, zones of the cluster, whole blocks and import at the top', () => {
    const offered = labels('‸', { zones });
    for (const label of [
      '.',
      'cluster.local',
      'shop.svc.cluster.local',
      'tls://',
      'import',
      'server block',
      '(snippet)',
    ])
      assert.ok(offered.includes(label), label);
    assert.ok(!offered.includes('forward'));
  });

  test('only the zone behind a transport, and it alone is replaced', () => {
    const [first] = completions('tls://ex‸ {\n}', { zones });
    assert.deepEqual([first?.start, first?.end], [6, 8]);
    assert.deepEqual(
      labels('tls://‸', { zones }).filter((label) => label.includes('://')),
      [],
    );
  });

  test('a transport that the release has not got yet is not offered', () => {
    assert.ok(labels('‸', { version: '1.15.0' }).includes('https3://'));
    assert.ok(!labels('‸', { version: '1.11.3' }).includes('https3://'));
  });

  test('a further key behind a comma, but no block in the middle of a line; zones that are taken are left out', () => {
    const offered = labels('example.org, ‸ {\n}\ncluster.local {\n}', { zones });
    assert.ok(offered.includes('.') && offered.includes('shop.svc.cluster.local'));
    assert.ok(!offered.includes('server block') && !offered.includes('cluster.local'));
  });

  test('nobody can guess a port', () => {
    assert.deepEqual(labels('example.org:‸'), []);
    assert.deepEqual(labels('.:5‸'), []);
  });
});

describe('Completion of plugins', () => {
  test('plugins, templates and import at the beginning of a line in a block, and no option', () => {
    const offered = labels('. {\n    err‸\n}');
    for (const label of ['errors', 'forward', 'import', 'forward …', 'cache …'])
      assert.ok(offered.includes(label), label);
    assert.ok(!offered.includes('max_concurrent'));
  });

  test('what counts once is not offered again, what may be repeated is', () => {
    const offered = labels('. {\n    errors\n    cache 30\n    forward . 192.0.2.1\n    ‸\n}');
    assert.ok(!offered.includes('errors') && !offered.includes('cache') && !offered.includes('cache …'));
    assert.ok(offered.includes('forward') && offered.includes('rewrite'));
  });

  test('plugins of an imported snippet are there already; those of another block are not', () => {
    const text = '(common) {\n    errors\n}\n. {\n    import common\n    ‸\n}\nexample.org {\n    cache\n}\n';
    assert.ok(!labels(text).includes('errors'));
    assert.ok(labels(text).includes('cache'));
  });

  test('the word being written doesn’t hide itself, and templates don’t fit in front of arguments', () => {
    assert.ok(labels('. {\n    cach‸ 30\n}').includes('cache'));
    assert.ok(!labels('. {\n    cach‸ 30\n}').includes('cache …'));
  });

  test('the release decides: proxy until 1.4, template from 1.0.3, view from 1.10', () => {
    const old = labels('. {\n    ‸\n}', { version: '1.4.0' });
    assert.ok(old.includes('proxy') && !old.includes('view'));
    const now = labels('. {\n    ‸\n}');
    assert.ok(!now.includes('proxy') && now.includes('view'));
  });

  test('inside a snippet and inside a fragment as in a block', () => {
    assert.ok(labels('(common) {\n    ‸\n}').includes('forward'));
  });

  test('templates are snippets with places to fill in, and a plugin that needs an argument goes on', () => {
    const items = completions('. {\n    ‸\n}');
    const template = items.find(({ label, detail }) => label === 'forward …' && detail === 'stub zone');
    assert.equal(template?.insert, 'forward ${1:example.org} ${2:192.0.2.53}');
    assert.equal(template.isSnippet, true);
    const forward = items.find(({ label }) => label === 'forward');
    assert.deepEqual([forward?.insert, forward?.goesOn, forward?.isSnippet], ['forward ', true, false]);
    const errors = items.find(({ label }) => label === 'errors');
    assert.deepEqual([errors?.insert, errors?.goesOn], ['errors', false]);
  });
});

describe('Completion of options and arguments', () => {
  test('options of the plugin around, without those that are there', () => {
    const offered = labels(
      '. {\n    forward . 192.0.2.1 {\n        policy random\n        except a.example\n        ‸\n    }\n}',
    );
    assert.ok(offered.includes('max_concurrent') && offered.includes('except'));
    assert.ok(!offered.includes('policy') && !offered.includes('pods') && !offered.includes('errors'));
  });

  test('an option younger than the release is left out', () => {
    const text = '. {\n    forward . 192.0.2.1 {\n        ‸\n    }\n}';
    assert.ok(labels(text).includes('failover'));
    assert.ok(!labels(text, { version: '1.11.3' }).includes('failover'));
  });

  test('nothing in the block of a plugin that we don’t know', () => {
    assert.deepEqual(labels('. {\n    unheard_of {\n        ‸\n    }\n}'), []);
  });

  test('choices', () => {
    assert.deepEqual(labels('. {\n  forward . 192.0.2.1 {\n    policy ‸\n  }\n}'), [
      'random',
      'round_robin',
      'sequential',
    ]);
    assert.deepEqual(labels('. {\n  kubernetes {\n    pods ‸\n  }\n}'), ['disabled', 'insecure', 'verified']);
    assert.deepEqual(labels('. {\n  forward . 192.0.2.1 {\n    policy random ‸\n  }\n}'), []);
    assert.deepEqual(labels('. {\n  forward . 192.0.2.1 {\n    doh_method ‸\n  }\n}'), ['GET', 'POST']);
  });

  test('zones where zones are meant: of the block, of the cluster', () => {
    assert.deepEqual(labels('example.org {\n  forward ‸\n}', { zones }).slice(0, 3), [
      'example.org',
      '.',
      'cluster.local',
    ]);
    assert.ok(labels('. {\n  hosts /etc/hosts ‸\n}', { zones }).includes('shop.svc.cluster.local'));
    assert.deepEqual(labels('. {\n  kubernetes cluster.local {\n    namespaces ‸\n  }\n}', { zones }), ['shop']);
  });

  test('a rule of rewrite on one line: flow, field, then the words of the field', () => {
    assert.ok(labels('. {\n  rewrite ‸\n}').includes('continue'));
    assert.deepEqual(labels('. {\n  rewrite stop ‸\n}').includes('stop'), false);
    assert.ok(labels('. {\n  rewrite stop ‸\n}').includes('name'));
    assert.deepEqual(labels('. {\n  rewrite continue name ‸\n}'), ['exact', 'prefix', 'suffix', 'substring', 'regex']);
    assert.deepEqual(labels('. {\n  rewrite name suffix a b ‸\n}'), ['answer']);
    assert.deepEqual(labels('. {\n  rewrite name suffix a b answer ‸\n}'), ['auto']);
  });

  test('snippets behind import, only those above', () => {
    const text = '(first) {\n  errors\n}\n. {\n  import ‸\n}\n(later) {\n  cache\n}\n';
    assert.deepEqual(labels(text), ['first']);
  });

  test('nothing in comments, in quotes, behind a closing brace', () => {
    assert.deepEqual(labels('. {\n  errors # for‸\n}'), []);
    assert.deepEqual(labels('. {\n  log . "{remote‸}"\n}'), []);
    assert.deepEqual(labels('. {\n  errors\n} ‸'), []);
  });

  test('a block that is not closed yet, and plugins below a key without braces', () => {
    assert.ok(labels('. {\n  forward . 192.0.2.1 {\n    ‸').includes('policy'));
    assert.ok(labels('.\nerrors\n‸').includes('forward'));
  });
});
