import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { zonesOfArgument } from '../serverKey.ts';
import type { Stanza } from '../stanza.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, shown, valueOf } from './rule.ts';
import { isReverseZone, isWithin } from './zones.ts';

/** Where a plugin's zones begin among its arguments; of forward and grpc only the first argument is one. */
const ZONE_ARGUMENTS: ReadonlyMap<string, (args: readonly CorefileToken[]) => readonly CorefileToken[]> = new Map([
  ['forward', (args) => args.slice(0, 1)],
  ['grpc', (args) => args.slice(0, 1)],
  // `cache 30s` is CF401.
  ['cache', (args) => args.filter(({ text }) => !/^\d+[a-z]*$/iu.test(text))],
  ['hosts', (args) => args.slice(1)],
  ['file', (args) => args.slice(1)],
  ['template', (args) => args.slice(2)],
  ['kubernetes', (args) => args],
  ['auto', (args) => args],
  ['secondary', (args) => args],
  ['etcd', (args) => args],
  ['dnssec', (args) => args],
]);

/** A plugin's zone that lies neither inside nor above the block's zones gets no query. */
export const zoneNeverReached: Rule = {
  code: 'CF215',
  title: 'Zone of a plugin lies outside of its server block',
  *check(context) {
    if (context.purpose === 'override') return;
    const found = new Map<CorefileToken, Finding>();
    const reached = new Set<CorefileToken>();
    for (const block of liveBlocks(context)) {
      // A rewrite may lead to any zone.
      if (block.incomplete || block.plugins.has('rewrite') || block.keys.some(({ key }) => key === undefined)) continue;
      for (const [name, stanzas] of block.plugins) {
        const zonesIn = ZONE_ARGUMENTS.get(name);
        if (zonesIn === undefined) continue;
        for (const stanza of stanzas) judge(context, block, { name, zonesIn, stanza }, found, reached);
      }
    }
    // A word of a snippet is fine when one of the blocks that import it reaches it.
    for (const [token, finding] of found) if (!reached.has(token)) yield finding;
  },
};

interface ZonePlugin {
  readonly name: string;
  readonly zonesIn: (args: readonly CorefileToken[]) => readonly CorefileToken[];
  readonly stanza: Stanza;
}

function judge(
  context: RuleContext,
  block: ServerBlockModel,
  { name, zonesIn, stanza }: ZonePlugin,
  found: Map<CorefileToken, Finding>,
  reached: Set<CorefileToken>,
): void {
  if (stanza.name.text !== name) return;
  for (const token of zonesIn(stanza.args)) {
    const value = valueOf(context, token);
    const zones = value === undefined ? [] : zonesOfArgument(value);
    if (zones.length === 0 || zones.some((zone) => overlaps(zone, block.zones))) {
      reached.add(token);
      continue;
    }
    const reverse = name === 'kubernetes' && zones.every(isReverseZone);
    found.set(token, {
      // Reverse zones are copied along from the default Corefile.
      severity: reverse ? 'info' : 'warning',
      message: `This block serves ${shown(block.zones.join(', '))} only, so ${name} never gets a query for ${shown(token.text)}. ${reverse ? 'Add it to the keys of the block, or remove it here' : 'Use a zone of the block, or a server block for it'}`,
      at: token,
    });
  }
}

function overlaps(zone: string, blockZones: readonly string[]): boolean {
  return blockZones.some((own) => isWithin(zone, own) || isWithin(own, zone));
}
