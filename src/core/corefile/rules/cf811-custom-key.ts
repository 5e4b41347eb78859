import { subjectServer } from '../clusterFacts.ts';
import type { ServerBlockModel } from '../model.ts';
import { fitsPattern, importLines, importPath, mainCorefile } from './parts.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

const CUSTOM = 'coredns-custom';

/** A key of coredns-custom that CoreDNS never reads, or whose braces reach into what stands behind the import. */
export const customKey: Rule = {
  code: 'CF811',
  title: 'Key of coredns-custom is not imported, or its braces do not match',
  *check(context) {
    yield* unread(context);
    if (context.purpose === 'corefile') yield* unreadKeys(context);
    for (const block of liveBlocks(context)) yield* unbalanced(block);
  },
};

/** The text that is linted is itself such a key. */
function* unread({ cluster, model }: RuleContext): Iterable<Finding> {
  const place = cluster?.subject?.configMap;
  const at = model.corefile.tokens[0];
  if (place?.name !== CUSTOM || at === undefined) return;
  const home = cluster?.configMaps?.find(({ name }) => name === 'coredns')?.namespace;
  if (home !== undefined && home !== place.namespace) {
    yield {
      severity: 'warning',
      message: `CoreDNS runs in namespace ${shown(home)} and can't see this ConfigMap in ${shown(place.namespace)}. Move it`,
      at,
    };
    return;
  }
  const patterns = importLines(mainCorefile(cluster)?.corefile.tokens ?? []).map(({ argument }) => argument.text);
  const known = patterns.length > 0 ? patterns : ['*.override', '*.server'];
  if (known.some((pattern) => fitsPattern(place.key, pattern))) return;
  yield {
    severity: 'warning',
    message: `No import reads key ${shown(place.key)}: its name must end in ${known.map((pattern) => shown(lastPart(pattern).replace('*', ''))).join(' or ')}`,
    at,
  };
}

/** The text is the main file: keys that none of its imports takes. */
function* unreadKeys({ cluster, model }: RuleContext): Iterable<Finding> {
  const server = subjectServer(cluster);
  const mount = server?.mounts?.find(({ configMap }) => configMap === CUSTOM);
  const keys = cluster?.configMaps?.find(({ name }) => name === CUSTOM)?.keys ?? [];
  if (mount === undefined || keys.length === 0) return;
  const imports = importLines(model.corefile.tokens).filter(({ argument }) => {
    const path = importPath(argument.text, server?.corefilePath ?? '/etc/coredns/Corefile');
    return path?.startsWith(`${mount.path.replace(/\/$/u, '')}/`) === true;
  });
  const last = imports.at(-1)?.argument;
  const lost = keys.filter((key) => !imports.some(({ argument }) => fitsPattern(key, argument.text)));
  if (last === undefined || lost.length === 0) return;
  yield {
    severity: 'warning',
    message: `No import reads ${lost.slice(0, 3).map(shown).join(', ')}${lost.length > 3 ? ` and ${lost.length - 3} more` : ''} of ConfigMap ${CUSTOM}. Give each a name that an import fits`,
    at: last,
  };
}

/** A plugin block that opens in an imported file and is closed by a brace of another one. */
function* unbalanced({ node }: ServerBlockModel): Iterable<Finding> {
  for (const item of node.body) {
    if (item.kind !== 'directive' || item.name.file === '') continue;
    const { open, close } = item.block ?? {};
    if (open?.file !== item.name.file || close?.file === open.file) continue;
    yield {
      severity: 'warning',
      message: `This "{" is never closed in its own file: it swallows the lines behind the import, up to a brace of the main file. Add the missing "}"`,
      at: open,
    };
  }
}

function lastPart(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf('/') + 1);
}
