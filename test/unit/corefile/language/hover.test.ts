import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { span } from '../../../../src/core/corefile/language/describeArgument.ts';
import { type Hover, hoverAt } from '../../../../src/core/corefile/language/hover.ts';
import { signatureAt } from '../../../../src/core/corefile/language/signature.ts';
import { NEWEST, drawn } from './drawn.ts';

function hover(picture: string, version = NEWEST.version): Hover | undefined {
  const { tree, offset } = drawn(picture);
  return hoverAt(tree, offset, { version });
}

function told(picture: string, version?: string): string {
  const found = hover(picture, version);
  return found === undefined ? '' : [found.heading, ...found.paragraphs].join('\n');
}

describe('Hover', () => {
  test('a plugin: form, what it does, how often, its turn, its documentation', () => {
    const text = '. {\n  cac‸he 30\n  forward . 192.0.2.1\n  errors\n}';
    assert.match(told(text), /^cache \[TTL\] \[ZONES…\]\nKeeps answers/);
    assert.match(told(text), /At most once in a server block/);
    assert.match(told(text), /Runs 2nd of the 3 plugins/);
    assert.equal(hover(text)?.link?.url, 'https://coredns.io/plugins/cache/');
  });

  test('the page on prometheus has another name', () => {
    assert.equal(hover('. {\n  prom‸etheus\n}')?.link?.url, 'https://coredns.io/plugins/metrics/');
  });

  test('what the release hasn’t got yet, and what is gone', () => {
    assert.match(told('. {\n  view‸ a {\n  }\n}', '1.9.0'), /Since CoreDNS 1\.10\.0; CoreDNS 1\.9\.0 doesn’t know it/);
    assert.match(told('. {\n  pro‸xy . 192.0.2.1\n}'), /Gone since CoreDNS 1\.5\.0: use forward/);
    assert.equal(hover('. {\n  pro‸xy . 192.0.2.1\n}')?.link, undefined);
  });

  test('an option: form, default, since when, of which plugin', () => {
    const text = told('. {\n  forward . 192.0.2.1 {\n    max_con‸current 5\n  }\n}');
    assert.match(text, /^max_concurrent NUMBER\n/);
    assert.match(text, /Default: 0\./);
    assert.match(text, /Since CoreDNS 1\.6\.8\./);
    assert.match(text, /Option of forward\./);
  });

  test('arguments: their name, and times in words', () => {
    assert.match(told('. {\n  cache 36‸00\n}'), /TTL of cache\.\n1 hour\./);
    assert.match(told('. {\n  reload 90‸s\n}'), /1 minute 30 seconds/);
    assert.match(told('. {\n  forward ‸. 192.0.2.1\n}'), /Every name/);
    assert.match(told('. {\n  forward . tls://192.‸0.2.1\n}'), /Asked over tls, port 853/);
    assert.match(told('. {\n  forward . 192.0.2.1 {\n    policy seq‸uential\n  }\n}'), /Which of several upstreams/);
  });

  test('server keys: zone, transport, port, reverse zones', () => {
    assert.match(
      told('tls://exam‸ple.org {\n}'),
      /zone example\.org\.\nServed by DNS over TLS on port 853, the default/,
    );
    assert.match(told('.:10‸53 {\n}'), /Every name.*\n.*on port 1053\./);
    assert.match(told('10.1.0.0/2‸3 {\n}'), /Reverse names of 10\.1\.0\.0\/23: 0\.1\.10\.in-addr\.arpa, 1\.1\.10/);
    assert.match(told('a..b‸ {\n}'), /refuses this key/);
  });

  test('environment variables, snippets, imports', () => {
    assert.match(
      told('. {\n  forward . {$DNS‸_IP:1.1.1.1}\n}'),
      /DNS_IP:1\.1\.1\.1 of the CoreDNS process[^]*no defaults/,
    );
    assert.match(
      told('(com‸mon) {\n  errors\n  cache\n}\n. {\n  import common\n}'),
      /Holds errors, cache\.\nImported once\./,
    );
    assert.match(told('(common) {\n  errors\n}\n. {\n  import com‸mon\n}'), /Snippet/);
    assert.match(told('. {\n  import custom/*.over‸ride\n}'), /A pattern that matches no file is fine/);
  });

  test('nothing on blanks, comments, braces and what nobody knows', () => {
    for (const picture of ['. {\n ‸ errors\n}', '. {\n # a‸b\n}', '. ‸{\n}', '. {\n  unheard‸_of x\n}'])
      assert.equal(hover(picture), undefined, picture);
    assert.match(told('. {\n  fan‸out . 192.0.2.1\n}'), /has to be built with it/);
  });

  test('times', () => {
    const cases: readonly (readonly [bigint, string])[] = [
      [0n, '0 seconds'],
      [1_000_000_000n, '1 second'],
      [90_061_000_000_000n, '1 day 1 hour'],
      [1_500_000n, '1 millisecond 500 microseconds'],
    ];
    for (const [duration, words] of cases) assert.equal(span(duration), words);
  });
});

describe('Signature help', () => {
  const active = (picture: string): string | undefined => {
    const { tree, offset } = drawn(picture);
    const signature = signatureAt(tree, offset);
    if (signature === undefined) return undefined;
    const parameter = signature.active === undefined ? undefined : signature.parameters[signature.active];
    if (parameter === undefined) return signature.label;
    const { start, end } = parameter;
    return `${signature.label.slice(0, start)}<${signature.label.slice(start, end)}>${signature.label.slice(end)}`;
  };

  test('marks the argument that is being written', () => {
    assert.equal(active('. {\n  forward ‸\n}'), 'forward <FROM> TO…');
    assert.equal(active('. {\n  forward . 192.0.2.1 ‸\n}'), 'forward FROM <TO…>');
    assert.equal(active('. {\n  cache 3‸0\n}'), 'cache <[TTL>] [ZONES…]'.replace('<[TTL>]', '[<TTL>]'));
    assert.equal(active('. {\n  cache {\n    success 100 ‸\n  }\n}'), 'success CAPACITY [<TTL>] [MINTTL]');
    assert.equal(active('. {\n  rewrite name suffix a ‸\n}')?.includes('<TO>'), true);
    assert.equal(active('. {\n  acl {\n    allow net ‸\n  }\n}'), 'allow [type QTYPE…] [net <SOURCE…>]');
    assert.equal(
      active('. {\n  errors {\n    consolidate 5m ".*" show_first‸\n  }\n}')?.includes('[<show_first>]'),
      true,
    );
  });

  test('nothing is marked behind the last argument, nothing is shown on names', () => {
    assert.equal(active('. {\n  view a ‸\n}'), 'view NAME');
    assert.equal(active('. {\n  forw‸ard\n}'), undefined);
    assert.equal(active('. {\n  errors # ‸\n}'), undefined);
    assert.equal(active('. {\n  unheard_of ‸\n}'), undefined);
    assert.equal(active('.‸ {\n}'), undefined);
  });
});
