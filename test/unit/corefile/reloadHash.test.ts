import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCorefile } from '../../../src/core/corefile/model.ts';
import { reloadHash } from '../../../src/core/corefile/reloadHash.ts';
import { defaultCorefile } from '../../cluster/lab/manifests.ts';

const hashOf = (text: string): string | undefined => reloadHash(readCorefile(text));

describe('the hash by which reload tells configurations apart', () => {
  it('is the one that CoreDNS 1.15.0 logs for kubeadm’s Corefile', () => {
    assert.equal(
      hashOf(defaultCorefile),
      '591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
    );
  });

  it('stays for blanks and comments within their lines, and changes with words and line numbers', () => {
    const before = hashOf('. {\n  cache 30\n}\n');
    assert.equal(hashOf('. { # all\n\tcache   30 # half a minute\n}'), before);
    assert.notEqual(hashOf('. {\n  cache 31\n}\n'), before);
    assert.notEqual(hashOf('. {\n\n  cache 30\n}\n'), before);
  });

  it('counts what is imported, and is unknown when that is not known', () => {
    const text = '. {\n  import custom/*.override\n}\n';
    assert.equal(hashOf(text), undefined);
    assert.equal(hashOf('. {\n  cache {$SECONDS}\n}\n'), undefined);
    const withFile = (content: string): string | undefined =>
      reloadHash(
        readCorefile(text, { resolveImport: () => [{ path: '/etc/coredns/custom/a.override', text: content }] }),
      );
    assert.match(withFile('log') ?? '', /^[0-9a-f]{128}$/u);
    assert.notEqual(withFile('log'), withFile('errors'));
  });

  it('is unknown for a text that CoreDNS refuses', () => {
    for (const text of ['. {\n  cache 30\n', '', '. {\n  cache "30\n}\n']) assert.equal(hashOf(text), undefined);
  });
});
