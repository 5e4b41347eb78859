import { subjectServer } from '../clusterFacts.ts';
import { importLines, importPath, mainCorefile } from './parts.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

const DEFAULT_PATH = '/etc/coredns/Corefile';

/** Imported files that no volume brings, or a coredns-custom that nothing imports. */
export const importWithoutMount: Rule = {
  code: 'CF819',
  title: 'Imported files never arrive',
  *check(context) {
    if (context.purpose === 'corefile') yield* withoutMount(context);
    else yield* withoutImport(context);
  },
};

function* withoutMount({ cluster, model }: RuleContext): Iterable<Finding> {
  const server = subjectServer(cluster);
  if (server?.mounts === undefined) return;
  const file = server.corefilePath ?? DEFAULT_PATH;
  const own = file.slice(0, file.lastIndexOf('/') + 1);
  for (const { argument } of importLines(model.corefile.tokens)) {
    const path = importPath(argument.text, file);
    const folder = path?.slice(0, path.lastIndexOf('/') + 1);
    // The folder of the Corefile itself holds the keys of its ConfigMap, and no folders.
    if (folder === undefined || folder === own) continue;
    const mounted = server.mounts.some((mount) => {
      const point = `${mount.path.replace(/\/$/u, '')}/`;
      return folder.startsWith(point) && (point !== own || mount.configMap === undefined);
    });
    if (mounted) continue;
    yield {
      severity: 'warning',
      message: `No volume of CoreDNS's pods brings ${shown(folder)}, so this import finds nothing. Mount a ConfigMap there, coredns-custom for example`,
      at: argument,
    };
  }
}

/** A key of coredns-custom, in a cluster whose main file imports nothing. */
function* withoutImport({ cluster, model }: RuleContext): Iterable<Finding> {
  const main = mainCorefile(cluster);
  const at = model.corefile.tokens[0];
  if (main === undefined || at === undefined || importLines(main.corefile.tokens).length > 0) return;
  yield {
    severity: 'warning',
    message:
      "This cluster's Corefile imports no files, so this text has no effect. Add the import and a volume for it, or write into the Corefile",
    at,
  };
}
