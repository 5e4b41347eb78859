/**
 * The SHA-512 by which CoreDNS's reload plugin tells configurations apart, and which it shows in its log and in
 * coredns_reload_version_info (plugin/reload/reload.go, 1.9.1 and later; earlier ones used MD5): the hash of Go's JSON of the
 * parsed server blocks, imports and environment put in. So a replica that shows this hash runs exactly this text.
 * Invariant: a change that only touches blanks or comments within their lines gives the same hash, and CoreDNS loads nothing.
 */
import { sha512 } from '../../base/sha512.ts';
import { expandEnvironment } from './environment.ts';
import type { CorefileToken } from './lexer.ts';
import type { CorefileModel } from './model.ts';

/** `undefined` when it cannot be known here: a text CoreDNS refuses, an unknown import or environment variable. */
export function reloadHash(model: CorefileModel): string | undefined {
  const { corefile, blocks, environment } = model;
  if (corefile.incomplete || corefile.problems.length > 0 || corefile.unterminatedQuote !== undefined) return undefined;
  const json: string[] = [];
  for (const block of blocks) {
    if (block.incomplete) return undefined;
    const keys = block.node.keys.map(({ value }) => value);
    const plugins: string[] = [];
    for (const name of [...block.words.keys()].sort()) {
      const words = tokensOf(block.words.get(name) ?? [], environment);
      if (words === undefined) return undefined;
      plugins.push(`${quoted(name)}:[${words.join(',')}]`);
    }
    if (keys.length === 0 || keys.includes(undefined) || block.node.body.some(hasUnknownName)) return undefined;
    json.push(`{"Keys":[${keys.map((key) => quoted(key ?? '')).join(',')}],"Tokens":{${plugins.join(',')}}}`);
  }
  return json.length === 0 ? undefined : sha512(`[${json.join(',')}]`);
}

type Item = CorefileModel['blocks'][number]['node']['body'][number];
const hasUnknownName = (item: Item): boolean => item.kind !== 'directive' || item.value === undefined;

function tokensOf(
  tokens: readonly CorefileToken[],
  environment: CorefileModel['environment'],
): readonly string[] | undefined {
  const words: string[] = [];
  for (const { file, line, text } of tokens) {
    const value = expandEnvironment(text, environment);
    if (value === undefined) return undefined;
    words.push(`{"File":${quoted(file)},"Line":${String(line)},"Text":${quoted(value)}}`);
  }
  return words;
}

const ESCAPED_BY_GO: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** encoding/json escapes more than JSON.stringify does: HTML's characters and the two line separators. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/gu, (character) => ESCAPED_BY_GO[character] ?? character);
}
