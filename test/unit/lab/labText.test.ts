import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameInStat } from '../../cluster/lab/labClient.ts';
import { defaultCorefile } from '../../cluster/lab/manifests.ts';
import { forwardTo } from '../../cluster/lab/scenarios/silentUpstream.ts';
import { outsideNames, upstreamCorefile } from '../../cluster/lab/upstreams.ts';

describe('forwardTo', () => {
  it('replaces the targets and keeps the block', () => {
    const corefile = forwardTo(defaultCorefile, '10.224.0.92');
    assert.ok(corefile.includes('    forward . 10.224.0.92 {\n       max_concurrent 1000\n    }\n'));
    assert.equal(corefile.length, defaultCorefile.length + '10.224.0.92'.length - '/etc/resolv.conf'.length);
  });

  it('takes a forward without a block and with several targets', () => {
    assert.equal(
      forwardTo('.:53 {\n  forward . 8.8.8.8 1.1.1.1\n}\n', '10.0.0.1'),
      '.:53 {\n  forward . 10.0.0.1\n}\n',
    );
  });

  it('refuses a Corefile that forwards nothing', () => {
    assert.throws(() => forwardTo('.:53 {\n  forward example.com 8.8.8.8\n}\n', '10.0.0.1'), /no "forward \."/);
  });
});

describe('nameInStat', () => {
  it('reads names that hold blanks and parentheses (proc(5))', () => {
    assert.equal(nameInStat('12 (a) (b) S 1 12 12'), 'a) (b');
  });

  it('leaves zombies and other lines out', () => {
    assert.equal(nameInStat('12 (tcpdump) Z 1 12 12'), undefined);
    assert.equal(nameInStat(''), undefined);
  });
});

describe('upstreamCorefile', () => {
  it('gives each zone a server on the one address', () => {
    const corefile = upstreamCorefile({
      name: 'x',
      address: '192.168.77.53',
      zones: { ...outsideNames, 'a.example.': 'silent' },
    });
    assert.match(corefile, /^a\.example\.:53 \{\n {4}bind 192\.168\.77\.53\n {4}log\n {4}erratic \{\n {8}drop 1\n/m);
    assert.equal(corefile.match(/^\S+:53 \{$/gm)?.length, Object.keys(outsideNames).length + 1);
  });
});
