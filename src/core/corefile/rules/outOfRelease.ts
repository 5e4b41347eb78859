import { type PluginFacts, compareVersions, existsIn, findOption } from '../pluginCatalogue.ts';
import type { StanzaOption } from '../stanza.ts';
import { type RuleContext, valueOf } from './rule.ts';

/** Since this release secondary only fetches zones; giving them out is the transfer plugin's. */
const TRANSFER_ALONE = '1.8.0';

/** Transports of server keys that came later; before, the whole key is a name. */
const KEY_SINCE: Readonly<Record<string, string>> = { https: '1.1.3', quic: '1.11.0', https3: '1.13.2' };

/** The release that first serves the transport, when this one doesn't yet. */
export function transportGap({ version }: RuleContext, transport: string): string | undefined {
  const since = KEY_SINCE[transport];
  return since !== undefined && compareVersions(version, since) < 0 ? since : undefined;
}

/** What a release lacks: `since` or `removedIn` is set. */
export interface Gap {
  readonly name: string;
  readonly state: 'not-yet' | 'removed';
  readonly release: string;
}

/** The option's gap in this release, when some other release has it. */
export function gapOf(context: RuleContext, plugin: PluginFacts, option: StanzaOption): Gap | undefined {
  const name = valueOf(context, option.name);
  const facts = name === undefined ? undefined : findOption(plugin, name);
  if (name === undefined || facts === undefined) return undefined;
  if (plugin.name === 'secondary' && name === 'transfer' && option.args[0]?.text === 'to') {
    const gone = compareVersions(context.version, TRANSFER_ALONE) >= 0;
    return gone ? { name: 'transfer to', state: 'removed', release: TRANSFER_ALONE } : undefined;
  }
  const state = existsIn(facts, context.version);
  if (state === 'yes') return undefined;
  return { name, state, release: (state === 'removed' ? facts.removedIn : facts.since) ?? '' };
}

export function isOutOfRelease(context: RuleContext, plugin: PluginFacts, option: StanzaOption): boolean {
  return gapOf(context, plugin, option) !== undefined;
}
