/** The twin of rewrite's setup, on stanzas that CoreDNS 1.15.0 was seen to take or refuse. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codesOf } from '../../support/setupCodes.ts';

const TAKEN = `
rewrite name a.example b.example
rewrite NAME a.example b.example
rewrite Continue name a.example b.example
rewrite name exact a.example b.example answer auto
rewrite name EXACT a.example b.example
rewrite name suffix a.example b.example answer auto auto
rewrite name suffix a.example b.example answer auto answer value a b
rewrite name suffix a.example b.example answer name (a) {1}
rewrite name suffix a.example b.example answer name a b value c d
rewrite name regex (.*)\\.a\\.example {1}.b.example
rewrite name regex (.*)(.*) {0}{1}
rewrite name regex (.*)\\.a {1}.{x/y} metadata
rewrite name regex (.*)\\.a {x/y/z} metadata answer auto
rewrite name regex (.*)\\.a {+1} metadata
rewrite name a{1}.example (b).example
rewrite name prefix a( b(
rewrite class in ch
rewrite type a aaaa
rewrite ttl a.example 30-300
rewrite ttl a.example -30
rewrite ttl a.example 30-
rewrite ttl exact a.example 30
rewrite rcode a.example servfail 0
rewrite rcode regex .* SERVFAIL NOERROR
rewrite cname exact a b
rewrite cname regex \\Z b
rewrite edns0 local set 0xffee abc
rewrite edns0 local set 0x1_0 a
rewrite edns0 local set 1_0 a
rewrite edns0 local set 0_7 a
rewrite edns0 local set 0o17 {a/b}
rewrite edns0 local set 1 a revert
rewrite edns0 local unset 1
rewrite edns0 nsid set revert
rewrite edns0 subnet unset
rewrite edns0 subnet set 24 56
rewrite {\n name a.example b.example\n}
rewrite stop {\n name regex (.*)\\.a {1}.b\n answer name (.*)\\.b {1}.a\n}`;

const REFUSED = `
CF304 rewrite
CF304 rewrite name
CF304 rewrite name a
CF304 rewrite continue
CF304 rewrite {\n}
CF304 rewrite name a b {\n answer auto\n}
CF304 rewrite\n{\n name a b\n}
CF306 rewrite a.example b.example
CF306 rewrite continue a.example b.example
CF413 rewrite answer name a b
CF413 rewrite name a.example b.example answer auto
CF413 rewrite name a.example b.example answer name a b
CF413 rewrite name suffix a.example b.example answer auto name a b
CF413 rewrite name suffix a.example b.example answer name a b answer auto
CF304 rewrite name suffix a.example b.example answer
CF304 rewrite name suffix a.example b.example auto
CF304 rewrite name suffix a.example b.example answer name a
CF306 rewrite name suffix a.example b.example answer foo
CF306 rewrite name suffix a.example b.example answer auto foo
CF306 rewrite name sufix a.example b.example
CF427 rewrite name suffix a.example b.example metadata
CF429 rewrite name regex .*\\.a\\.example {1}.b.example
CF429 rewrite name regex (.*)(.*) {1}{2}{3}
CF429 rewrite name regex (a b
CF429 rewrite name suffix a.example b.example answer name a {1}
CF429 rewrite name regex (.*)\\.a {2} metadata
CF429 rewrite name regex (.*)\\.a {x} metadata
CF429 rewrite name regex (.*)\\.a a{ metadata
CF429 rewrite name exact a.example (b
CF429 rewrite name a.example *.b.example
CF429 rewrite name a{1}.example b.example
CF304 rewrite class IN
CF306 rewrite class IN XX
CF306 rewrite type A FOO
CF305 rewrite ttl a.example 30s
CF305 rewrite ttl a.example -
CF306 rewrite ttl a.example 300-30
CF306 rewrite ttl foo a.example 30
CF429 rewrite ttl regex (a 30
CF304 rewrite ttl exact a.example 30 40
CF306 rewrite rcode a.example 24 0
CF304 rewrite rcode a.example SERVFAIL
CF306 rewrite type reserved A
CF306 rewrite type None A
CF306 rewrite cname foo a b
CF304 rewrite edns0 local set
CF305 rewrite edns0 local set 65536 a
CF305 rewrite edns0 local set 08 a
CF305 rewrite edns0 local set 1 0x6
CF306 rewrite edns0 local set 1 {foo}
CF304 rewrite edns0 local set 1 revert
CF304 rewrite edns0 local unset 1 2
CF304 rewrite edns0 nsid unset revert
CF306 rewrite edns0 subnet set 33 56
CF306 rewrite edns0 foo set 1
CF414 rewrite {\n name a.example b.example\n name c.example d.example\n}`;

describe('rewrite', () => {
  for (const stanza of lines(TAKEN)) test(`takes ${stanza}`, () => assert.deepEqual(codesOf(stanza), []));
  for (const line of lines(REFUSED)) {
    const [code = '', stanza = ''] = [line.slice(0, 5), line.slice(6)];
    test(`refuses ${stanza}`, () => assert.deepEqual(codesOf(stanza), [code]));
  }
});

/** A stanza begins where a line begins with the plugin or a code. */
function lines(text: string): readonly string[] {
  return text.trim().split(/\n(?=rewrite |rewrite$|CF)/mu);
}
