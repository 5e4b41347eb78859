/**
 * Parts of a Corefile that stand in files of their own (`coredns-custom`: *.override inside the root block, *.server beside
 * it), linted alone by their purpose or where the main file imports them. A snippet is no part: it stands in the same file.
 */
import { type ClusterFacts, type DnsServerFacts, subjectServer } from '../clusterFacts.ts';
import type { CorefileToken } from '../lexer.ts';
import { type CorefileModel, type ServerBlockModel, readCorefile } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import type { Stanza } from '../stanza.ts';
import type { RuleContext } from './rule.ts';

/** True when a word of `block` stands in a file that is imported into it. */
export function isOverride(context: RuleContext, block: ServerBlockModel, { file }: CorefileToken): boolean {
  return context.purpose === 'override' || (file !== '' && file !== block.node.keys[0]?.token.file);
}

/** True when the whole block stands in a file that is imported beside the main blocks. */
export function isServerPart(context: RuleContext, block: ServerBlockModel): boolean {
  const file = block.node.keys[0]?.token.file;
  return context.purpose === 'server' || (file !== undefined && file !== '');
}

/** Where a plugin that stands twice in a block came in from two files: the stanza in the imported one. */
export function repeatInPart(stanzas: readonly Stanza[]): Stanza | undefined {
  const [first, second] = stanzas;
  if (first === undefined || second === undefined || first.name.file === second.name.file) return undefined;
  return second.name.file === '' ? first : second;
}

export function refusesTwo(plugin: string): boolean {
  return pluginCatalogue().get(plugin)?.onRepeat.startsWith('error') === true;
}

/** A name that reads like a server key: plugin names hold none of these. */
export function looksLikeKey(name: string): boolean {
  return /[.:/]/u.test(name);
}

/** The main Corefile of the cluster, for a part that is linted alone. Read once for each state of the cluster. */
export function mainCorefile(cluster: ClusterFacts | undefined): CorefileModel | undefined {
  const server = subjectServer(cluster);
  return server === undefined ? undefined : corefileOf(server);
}

const corefileOf = oncePer(({ corefile }: DnsServerFacts) =>
  corefile === undefined ? undefined : readCorefile(corefile),
);

export interface ImportLine {
  readonly keyword: CorefileToken;
  readonly argument: CorefileToken;
}

/** The imports written in a text, at any depth, in order. */
export function importLines(tokens: readonly CorefileToken[]): readonly ImportLine[] {
  return tokens.flatMap((keyword, index) => {
    const [before, argument] = [tokens[index - 1], tokens[index + 1]];
    if (keyword.text !== 'import' || argument?.line !== keyword.line) return [];
    return before?.line === keyword.line ? [] : [{ keyword, argument }];
  });
}

/** The file pattern of an import, made absolute; `undefined` for a snippet's name or a pattern that a variable decides. */
export function importPath(pattern: string, corefilePath: string): string | undefined {
  if (/\{[$%]/u.test(pattern) || !/[/.*?]/u.test(pattern)) return undefined;
  if (pattern.startsWith('/')) return pattern;
  return `${corefilePath.slice(0, corefilePath.lastIndexOf('/') + 1)}${pattern.replace(/^\.\//u, '')}`;
}

/** True when a file name fits the last part of a pattern with `*` and `?`. */
export function fitsPattern(name: string, pattern: string): boolean {
  const last = pattern.slice(pattern.lastIndexOf('/') + 1).slice(0, 255);
  const source = last
    .replace(/[\\^$.|+()[\]{}]/gu, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`, 'u').test(name);
}
