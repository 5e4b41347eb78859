/**
 * What to write today for plugins and options that CoreDNS removed (release notes of 1.1.0 to 1.12.4). A migration is
 * offered only where it is whole: with an option it can't translate there is none.
 */
import type { ServerBlockModel } from '../model.ts';
import { compareVersions } from '../pluginCatalogue.ts';
import type { Edit } from '../edit.ts';
import type { Stanza, StanzaOption } from '../stanza.ts';
import { optionRange, optionsNamed, removal, stanzaRange, valuesOf, wholeLines } from './pluginStanzas.ts';
import { type Fixes, type RuleContext, indentOf, replaceToken, valueOf } from './rule.ts';

/** Options of the proxy plugin that forward has no use for. */
const PROXY_ONLY: ReadonlySet<string> = new Set(['fail_timeout', 'max_fails', 'health_check', 'spray']);
const POLICIES: Readonly<Record<string, string>> = {
  random: 'random',
  round_robin: 'round_robin',
  first: 'sequential',
};

/** For a plugin that was removed. */
export function pluginMigration(context: RuleContext, block: ServerBlockModel, stanza: Stanza, name: string): Fixes {
  if (stanza.name.file !== '') return [];
  switch (name) {
    case 'startup':
    case 'shutdown':
      return [{ title: `Write on ${name}`, edits: [replaceToken(stanza.name, `on ${name}`)] }];
    case 'federation':
      return removal(context, stanzaRange(stanza), 'Remove federation');
    case 'proxy':
      return proxyToForward(context, block, stanza);
    default:
      return [];
  }
}

function proxyToForward(context: RuleContext, block: ServerBlockModel, stanza: Stanza): Fixes {
  // Before this release a block could have only one forward.
  const alone = block.plugins.get('proxy')?.length === 1 && !block.plugins.has('forward');
  if (!alone && compareVersions(context.version, '1.9.4') < 0) return [];
  if (stanza.uncertain || stanza.args.length < 2) return [];
  const edits: Edit[] = [replaceToken(stanza.name, 'forward')];
  for (const option of stanza.options) {
    const edit = proxyOption(context, option);
    if (edit === undefined) return [];
    edits.push(...edit);
  }
  return [{ title: 'Write it as forward', edits }];
}

/** Edits that make an option of proxy one of forward; `undefined` when there is none like it. */
function proxyOption(context: RuleContext, option: StanzaOption): readonly Edit[] | undefined {
  const range = optionRange(option);
  const words = valuesOf(context, [option.name, ...option.args]);
  const drop = [{ ...wholeLines(context.text, range), newText: '' }];
  if (range.file !== '' || words === undefined) return undefined;
  const [name = '', first = '', second = ''] = words;
  if (name === 'except') return [];
  if (PROXY_ONLY.has(name)) return drop;
  if (name === 'policy') {
    const policy = POLICIES[first];
    return policy === undefined ? drop : [{ start: range.start, end: range.end, newText: `policy ${policy}` }];
  }
  if (name !== 'protocol' || first !== 'dns') return undefined;
  return second === 'force_tcp' ? [{ start: range.start, end: range.end, newText: 'force_tcp' }] : drop;
}

/** For an option that was removed. */
export function optionMigration(context: RuleContext, plugin: string, stanza: Stanza, option: StanzaOption): Fixes {
  const range = optionRange(option);
  const name = valueOf(context, option.name)?.toLowerCase();
  if (range.file !== '') return [];
  if (name === 'transfer') return transferPlugin(context, plugin, stanza);
  if (name === 'no_reload')
    return [{ title: 'Write reload 0', edits: [{ start: range.start, end: range.end, newText: 'reload 0' }] }];
  if (plugin === 'header') {
    return [
      { title: 'Write response in front', edits: [{ start: range.start, end: range.start, newText: 'response ' }] },
    ];
  }
  return removal(context, range, `Remove ${name ?? 'it'}`);
}

/** `transfer to ADDRESS` inside file, auto, secondary or kubernetes becomes a transfer plugin in front of it. */
function transferPlugin(context: RuleContext, plugin: string, stanza: Stanza): Fixes {
  const { name, args } = stanza;
  const options = optionsNamed(context, stanza, 'transfer');
  const giving = options.filter((option) => option.args[0]?.text === 'to');
  if (name.file !== '' || stanza.uncertain || (plugin !== 'secondary' && giving.length !== options.length)) return [];
  const zones = (plugin === 'file' ? args.slice(1) : args).map(({ text }) => text);
  const addresses = giving.flatMap((option) => option.args.slice(1).map(({ text }) => text));
  if (addresses.length === 0) return [];
  const indent = indentOf(context.text, name.start);
  const inner = indent + (indent.includes('\t') ? '\t' : '    ');
  const head = ['transfer', ...zones].join(' ');
  const newText = `${head} {\n${inner}to ${addresses.join(' ')}\n${indent}}\n${indent}`;
  return [
    {
      title: 'Write it as the transfer plugin',
      edits: [
        { start: name.start, end: name.start, newText },
        ...giving.map((option) => ({ ...wholeLines(context.text, optionRange(option)), newText: '' })),
      ],
    },
  ];
}
