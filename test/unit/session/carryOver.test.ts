import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyCorefileChange, rollBackCorefile } from '../../../src/session/change/changeCorefile.ts';
import type { CorefileChangePlan, CorefileChangeRequest } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';
import { carryOver } from '../../../src/session/change/carryOver.ts';
import { appendableKeys, freeKey, keyProblem } from '../../../src/session/change/customKey.ts';

const aks = readFileSync(new URL('../../fixtures/corefiles/defaults/aks.corefile', import.meta.url), 'utf8');

describe('carrying an edit over to coredns-custom', () => {
  it('takes added plugins and server blocks along, with their own lines and comments', () => {
    const after = aks
      .replace(
        '    reload\n',
        '    reload\n    log # for a day\n    hosts {\n      192.0.2.1 a.example.org\n      fallthrough\n    }\n',
      )
      .concat('example.org:53 {\n    # ours\n    forward . 192.0.2.2\n}\n');
    assert.deepEqual(carryOver(aks, after), {
      override: 'log # for a day\nhosts {\n  192.0.2.1 a.example.org\n  fallthrough\n}\n',
      server: 'example.org:53 {\n    # ours\n    forward . 192.0.2.2\n}\n',
      left: [],
    });
  });

  it('leaves behind what only the platform can change, and says what', () => {
    const after = aks
      .replace('cache 30', 'cache 60')
      .replace('    loop\n', '')
      .concat('(mine) {\n  log\n}\nimport other/*.conf\n');
    assert.deepEqual(carryOver(aks, after), {
      override: '',
      server: '',
      left: ['(mine)', 'import other/*.conf', 'cache 60', 'loop taken away'],
    });
    assert.deepEqual(carryOver(aks, aks.replace('.:53 {', '.:54 {')).left, ['.:53 taken away']);
  });

  it('carries nothing where nothing is imported', () => {
    const plain = '. {\n  errors\n}\n';
    assert.deepEqual(carryOver(plain, '. {\n  errors\n  log\n}\na.example {\n  whoami\n}\n'), {
      override: '',
      server: '',
      left: ['a.example', 'log'],
    });
  });

  it('sees no edit in blanks and comments', () => {
    assert.deepEqual(carryOver(aks, aks.replaceAll('    ', '\t').replace('loop', 'loop # yes')), {
      override: '',
      server: '',
      left: [],
    });
  });

  it('reads any text', () => {
    const words = fc.constantFrom(
      '.',
      '{',
      '}',
      'import',
      'custom/*.override',
      '*.server',
      '(a)',
      '"',
      '#',
      '\n',
      ' ',
      'log',
    );
    fc.assert(fc.property(fc.array(words), fc.array(words), (a, b) => void carryOver(a.join(' '), b.join(' '))));
  });
});

describe('a new key', () => {
  const place = { namespace: 'kube-system', name: 'coredns-custom', key: 'dnscope.override' };

  it('is added to a ConfigMap without data, taken away by a rollback, and never written over another', async () => {
    const kube = new InMemoryKube();
    const clock = new ManualClock();
    new CorednsReplicas(kube, clock, aks);
    kube.put('configmaps', { metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '3' } });
    const plan = (base?: CorefileChangeRequest['base']): Promise<CorefileChangePlan> =>
      planCorefileChange(
        kube,
        { place, text: 'log\n', base: base ?? { text: '', resourceVersion: '' } },
        { nowNs: clock.nowNs() },
      );
    const first = await plan();
    assert.deepEqual([first.base.absent, first.blockers], [true, []]);
    const options = { clock, trial: 'skip', measureMs: 0, deadlineMs: 0 } as const;
    const applied = await applyCorefileChange(kube, first, options, () => undefined);
    assert.deepEqual(kube.peek('configmaps', 'kube-system', 'coredns-custom')?.data, { 'dnscope.override': 'log\n' });
    assert.deepEqual(kube.patches.at(-1), {
      metadata: { resourceVersion: '3' },
      data: { 'dnscope.override': 'log\n' },
    });
    await rollBackCorefile(kube, applied, options, () => undefined);
    assert.deepEqual(kube.peek('configmaps', 'kube-system', 'coredns-custom')?.data ?? {}, {});
    kube.put('configmaps', {
      metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '9' },
      data: { 'dnscope.override': 'theirs\n' },
    });
    assert.deepEqual(
      (await plan()).blockers.map(({ problem }) => problem.code),
      ['conflict'],
    );
  });

  it('has a name that is imported and allowed', () => {
    assert.equal(freeKey('override', []), 'dnscope.override');
    assert.equal(freeKey('server', ['dnscope.server', 'dnscope-2.server']), 'dnscope-3.server');
    assert.equal(keyProblem('my_zone-1.server', 'server', []), undefined);
    assert.match(keyProblem('log.server', 'override', []) ?? '', /ends in \.override/);
    assert.match(keyProblem('.server', 'server', []) ?? '', /before \.server/);
    assert.match(keyProblem('..a.server', 'server', []) ?? '', /no dot/);
    assert.match(keyProblem('a b.server', 'server', []) ?? '', /letters, digits/);
    assert.match(keyProblem('a/b.server', 'server', []) ?? '', /letters, digits/);
    assert.match(keyProblem(`${'a'.repeat(250)}.server`, 'server', []) ?? '', /253/);
    assert.match(keyProblem('a.server', 'server', ['a.server']) ?? '', /already/);
  });

  it('keeps out of the key that a temporary query log takes away again', () => {
    const keys = ['a.override', 'dnscope-query-log.override', 'b.server'];
    assert.deepEqual(appendableKeys('override', keys), ['a.override']);
    assert.match(keyProblem('dnscope-query-log.override', 'override', []) ?? '', /query log/);
  });
});
