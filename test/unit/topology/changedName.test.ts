import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changeByBlock, nameAfterRules } from '../../../src/core/topology/changedName.ts';
import type { TopologyServerBlock } from '../../../src/core/topology/topology.ts';
import { corefileTopology } from '../../../src/session/cluster/corefileTopology.ts';

const blockOf = (lines: string): TopologyServerBlock => corefileTopology(`.:53 {\n${lines}\n}\n`).servers[0]!;

describe('rewrite', () => {
  const RULES = `rewrite continue name substring pp. qq. answer auto
    rewrite name prefix ab. xy. answer auto
    rewrite name prefix cd ef answer auto
    rewrite name suffix .sfx.test .other.test answer auto
    rewrite name sfx2.test Other2.test
    rewrite name regex ^(a-)?([0-9]+)\\.re\\.test\\.$ {1}n{2}.done.test
    rewrite name substring mid.dle. m. answer auto
    rewrite {
       name exact block.test blocked.test
    }
    rewrite name exact stop.test stopped.test
    rewrite name exact pp.last.test no.test`;

  test('each kind of match gives the name that CoreDNS 1.15 asked its upstream for', () => {
    const block = blockOf(RULES);
    // Both columns are from the log of an upstream of a real CoreDNS with these rules.
    for (const [asked, instead] of [
      ['ab.x.test.', 'xy.x.test.'],
      ['abx.test.', 'abx.test.'],
      ['cd.x.test.', 'ef.x.test.'],
      ['cdx.test.', 'cdx.test.'],
      ['a.sfx.test.', 'a.other.test.'],
      ['sfx.test.', 'sfx.test.'],
      ['sfx2.test.', 'other2.test.'],
      ['a-12.re.test.', 'a-n12.done.test.'],
      ['12.re.test.', 'n12.done.test.'],
      ['x12.re.test.', 'x12.re.test.'],
      ['1.mid.dle.2.mid.dle.test.', '1.m.2.m.test.'],
      ['block.test.', 'blocked.test.'],
      ['stop.test.', 'stopped.test.'],
      ['a.pp.last.test.', 'a.qq.last.test.'],
      ['pp.last.test.', 'qq.last.test.'],
      ['qq.last.test.', 'qq.last.test.'],
    ] as const)
      assert.equal(nameAfterRules(block, asked), instead, asked);
  });

  test('the line is that of the rule, and no rule leads to another name', () => {
    const block = blockOf(RULES);
    assert.deepEqual(changeByBlock(block, 'block.test.', 'blocked.test.'), { by: 'rewrite', line: 9, isCertain: true });
    assert.equal(changeByBlock(block, 'block.test.', 'stopped.test.'), undefined);
    assert.equal(changeByBlock(block, 'www.test.', 'blocked.test.'), undefined);
  });

  test('behind a rule that cannot be told nothing is known', () => {
    for (const rule of [
      'rewrite ttl exact a.test 30',
      'rewrite continue type ANY HINFO',
      'rewrite name regex (.*)\\.m\\.test {1}.{kubernetes/client-pod-name}.test metadata',
      // Means something else here, or may take for ever.
      'rewrite name regex (a+)+\\.test x.test',
      'rewrite name regex (.*)(.*)(.*)\\.test {1}.x.test',
      'rewrite name regex (?i)A\\.test x.test',
      'rewrite name regex \\pL\\.test x.test',
    ])
      assert.equal(nameAfterRules(blockOf(`${rule}\nrewrite name a.test b.test`), 'a.test.'), undefined, rule);
    for (const rule of ['rewrite continue ttl exact a.test 30', 'rewrite continue edns0 local set 0xffee abc'])
      assert.equal(nameAfterRules(blockOf(`${rule}\nrewrite name a.test b.test`), 'a.test.'), 'b.test.', rule);
    // A cname rule takes every question, and unless it says continue it is the last one.
    const cname = 'cname exact x.test y.test\nrewrite name a.test b.test';
    assert.equal(nameAfterRules(blockOf(`rewrite ${cname}`), 'a.test.'), 'a.test.');
    assert.equal(nameAfterRules(blockOf(`rewrite continue ${cname}`), 'a.test.'), 'b.test.');
  });

  test('a view may not have taken the question: then the rule is not certain', () => {
    const block = blockOf('view a {\n expr true\n}\nrewrite name a.test b.test');
    assert.equal(changeByBlock(block, 'a.test.', 'b.test.')?.isCertain, false);
  });
});

describe('autopath', () => {
  const ofPods = blockOf('autopath @kubernetes\nkubernetes cluster.local {\n pods verified\n}');
  const asked = 'www.example.com.shop.svc.cluster.local.';

  test('of a pod the first search domain is its namespace’s: the bare name is certain, what the node adds is not', () => {
    assert.deepEqual(changeByBlock(ofPods, asked, 'www.example.com.'), { by: 'autopath', line: 2, isCertain: true });
    assert.deepEqual(changeByBlock(ofPods, asked, 'www.example.com.corp.example.'), {
      by: 'autopath',
      line: 2,
      isCertain: false,
    });
    for (const other of ['example.com.', 'www.example.', 'www.example.comx.', 'www.example.com.shop.'])
      assert.notEqual(changeByBlock(ofPods, asked, other)?.isCertain, true, other);
    assert.equal(changeByBlock(ofPods, asked, 'www.example.'), undefined);
    assert.equal(changeByBlock(ofPods, 'shop.svc.cluster.local.', 'shop.'), undefined);
  });

  test('of a search list in a file only what is left of the name is known', () => {
    const ofFile = blockOf('autopath example.org /etc/other.conf');
    const change = { by: 'autopath', line: 2, isCertain: false };
    assert.deepEqual(changeByBlock(ofFile, 'db.corp.example.org.', 'db.'), change);
    assert.deepEqual(changeByBlock(ofFile, 'db.corp.example.org.', 'db.corp.'), change);
    assert.equal(changeByBlock(ofFile, 'db.corp.example.com.', 'db.corp.'), undefined);
    assert.equal(changeByBlock(ofFile, 'db.corp.example.org.', 'd.'), undefined);
  });

  test('which name was answered is known only where no search list is gone through', () => {
    assert.equal(nameAfterRules(ofPods, asked), undefined);
    assert.equal(nameAfterRules(ofPods, 'www.example.com.'), 'www.example.com.');
  });
});
