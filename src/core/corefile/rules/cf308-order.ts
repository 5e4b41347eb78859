import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { executionOrder, pluginCatalogue } from '../pluginCatalogue.ts';
import { zonesOfArgument } from '../serverKey.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, valueOf } from './rule.ts';

/**
 * Plugins whose order among each other changes what a query gets: whether acl sees answers from the cache, or the cache
 * rewritten names. The rest of the order nobody needs to think of; the default Corefiles mix it as well.
 */
const SENSITIVE: ReadonlySet<string> = new Set(['acl', 'cache', 'rewrite', 'autopath']);

/** forward comes last in everybody's mind, wherever it stands; the others answer a few names of their own. */
const APART: ReadonlySet<string> = new Set(['forward', 'grpc', 'any', 'chaos', 'local']);

/** Two plugins stand in an order that lets expect another behaviour than CoreDNS has. */
export const order: Rule = {
  code: 'CF308',
  title: 'Plugins do not run in the order of the text',
  *check(context) {
    const places = new Map(executionOrder(context.version).map((name, index) => [name, index]));
    for (const block of liveBlocks(context)) {
      const finding = firstInversion(context, block, places);
      if (finding !== undefined) yield finding;
    }
  },
};

interface Placed {
  readonly name: string;
  readonly token: CorefileToken;
  readonly place: number;
}

/** One a block is enough: the first plugin that runs earlier than one above it of its own group. */
function firstInversion(
  context: RuleContext,
  block: ServerBlockModel,
  places: ReadonlyMap<string, number>,
): Finding | undefined {
  /** The plugin that runs last so far, by group: the sensitive ones, and those that answer the same zones. */
  const latest = new Map<string, Placed>();
  for (const [name, stanzas] of block.plugins) {
    const place = places.get(name);
    const stanza = stanzas[0];
    const group = stanza === undefined ? undefined : groupOf(context, name, stanza.args);
    if (stanza === undefined || place === undefined || group === undefined) continue;
    const above = latest.get(group);
    if (above !== undefined && above.place > place && stoodAbove(above.token, stanza.name)) {
      return {
        severity: 'hint',
        message: `${name} runs before ${above.name}, although it stands below it: the order of the text means nothing to CoreDNS. Write them in the order in which they run`,
        at: stanza.name,
      };
    }
    latest.set(group, { name, token: stanza.name, place });
  }
  return undefined;
}

/** False where an import lies between the two: nobody can change their order without taking the import apart. */
function stoodAbove(above: CorefileToken, below: CorefileToken): boolean {
  return above.file === below.file && above.start < below.start;
}

function groupOf(context: RuleContext, name: string, args: readonly CorefileToken[]): string | undefined {
  if (SENSITIVE.has(name)) return 'sensitive';
  if (APART.has(name) || pluginCatalogue().get(name)?.answers !== true) return undefined;
  const skip = { hosts: 1, file: 1, template: 2 }[name] ?? 0;
  const zones = args.slice(skip).flatMap((token) => zonesOfArgument(valueOf(context, token) ?? ''));
  return `answers ${zones.toSorted().join(' ')}`;
}
