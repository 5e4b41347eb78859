/** Patterns as Go 1.26 took or refused them; the reading was compared with Go itself on random patterns. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readGoRegexp } from '../../../src/core/corefile/setup/goRegexp.ts';

describe('patterns that Go compiles', () => {
  const groups: readonly (readonly [pattern: string, groups: number])[] = [
    ['', 0],
    ['^a.*$', 0],
    ['(.*)\\.([a-z]+)\\.$', 2],
    ['(?P<name>a)(?<other>b)(?:c)(?i:d)(?i)e(?s-i)(?)', 2],
    ['(?P<n>a)(?P<m>b)|()', 3],
    ['[]a]', 0],
    ['[^]a]', 0],
    ['[a-]', 0],
    ['[[:alpha:][:^digit:]\\d\\p{Greek}-z]', 0],
    ['\\p{^L}\\pN\\PZ', 0],
    ['\\Qa+(*\\E+', 0],
    ['\\Qa+(*', 0],
    ['\\x41\\x{1F600}\\07\\0\\12', 0],
    ['{', 0],
    ['a{,3}', 0],
    ['a{01}', 0],
    ['a{1', 0],
    ['a{2}?', 0],
    ['a*?b+?c??', 0],
    ['a(?i)*', 0],
    ['a*(?i)*', 0],
    ['(?:a{500}){2}', 0],
    ['(?:(?:a{1000}){0}){1000}', 0],
    ['(?:a{1000,}|b)*', 0],
    ['(?:a{1000}|b)?{2', 0],
    ['\\_\\-\\.', 0],
    ['\u00e9+', 0],
    ['a}', 0],
    ['a]', 0],
    ['|', 0],
  ];
  for (const [pattern, count] of groups) {
    test(JSON.stringify(pattern), () => assert.deepEqual(readGoRegexp(pattern), { groups: count, problem: undefined }));
  }
});

describe('patterns that Go refuses', () => {
  const refused: readonly (readonly [pattern: string, problem: RegExp])[] = [
    ['(a', /"\(" without/u],
    ['a)', /"\)" without/u],
    ['(?i', /"\(" without/u],
    ['[a', /"\[" without/u],
    ['[]', /"\[" without/u],
    ['[^]', /"\[" without/u],
    ['[z-a]', /range z-a/u],
    ['[a-\\d]', /escape \\d/u],
    ['[[:foo:]]', /class \[:foo:\]/u],
    ['*a', /nothing in front/u],
    ['a|*', /nothing in front/u],
    ['(+)', /nothing in front/u],
    ['(?i)*', /nothing in front/u],
    ['a**', /right behind another/u],
    ['a++', /right behind another/u],
    ['a{2}{3}', /right behind another/u],
    ['a*?+', /right behind another/u],
    ['a{1001}', /at most 1000/u],
    ['a{1,99999999999}', /at most 1000/u],
    ['a{3,2}', /above the second/u],
    ['(?:a{500}){3}', /more than 1000/u],
    ['(?=a)', /lookahead/u],
    ['(?!a)', /lookahead/u],
    ['(?<=a)', /lookbehind/u],
    ['(?<!a)', /lookbehind/u],
    ['(?P=n)', /nothing Go knows/u],
    ['(?#x)', /nothing Go knows/u],
    ['(?i-)a', /nothing Go knows/u],
    ['(?P<>a)', /whose name/u],
    ['(?P<a-b>c)', /whose name/u],
    ['(?<n', /whose name/u],
    ['(a)\\1', /backreference \\1/u],
    ['\\8', /backreference \\8/u],
    ['\\', /lone/u],
    ['\\Z', /escape \\Z/u],
    ['\\C', /escape \\C/u],
    ['\\x4', /escape \\x/u],
    ['\\x{110000}', /escape \\x/u],
    ['\\\u00e9', /escape \\\u00e9/u],
    ['\\pX', /\\p without/u],
    ['\\p{}', /\\p without/u],
    ['[\\b]', /escape \\b/u],
  ];
  for (const [pattern, problem] of refused) {
    test(JSON.stringify(pattern), () => assert.match(readGoRegexp(pattern).problem ?? '', problem));
  }
});

test('any text is read to its end, deep nesting included', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readGoRegexp(text).groups >= 0));
  const depth = 50_000;
  assert.deepEqual(readGoRegexp('('.repeat(depth) + ')'.repeat(depth)), { groups: depth, problem: undefined });
});
