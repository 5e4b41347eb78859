import { subjectServer } from '../clusterFacts.ts';
import { importLines } from './parts.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

/** A Corefile under a key that CoreDNS doesn't read, or a part that imports from where no volume is. */
export const corefileKey: Rule = {
  code: 'CF824',
  title: 'CoreDNS reads another file than this',
  *check(context) {
    if (context.purpose === 'corefile') yield* wrongKey(context);
    else yield* outside(context);
  },
};

function* wrongKey({ cluster, model }: RuleContext): Iterable<Finding> {
  const place = cluster?.subject?.configMap;
  const server = subjectServer(cluster);
  const at = model.corefile.tokens[0];
  const path = server?.corefilePath;
  if (place === undefined || path === undefined || at === undefined) return;
  const [folder, file] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const mount = server?.mounts?.find((one) => one.path.replace(/\/$/u, '') === folder && one.configMap === place.name);
  const map = cluster?.configMaps?.find(({ name, namespace }) => name === place.name && namespace === place.namespace);
  // Keys mounted under another name are not looked into.
  if (mount === undefined || mount.keys !== undefined || map === undefined || map.keys.includes(file)) return;
  yield {
    severity: 'warning',
    message: `CoreDNS reads key ${shown(file)}, which this ConfigMap lacks; without it CoreDNS answers like an example server. Rename key ${shown(place.key)}`,
    at,
  };
}

function* outside({ cluster, model }: RuleContext): Iterable<Finding> {
  const mounts = subjectServer(cluster)?.mounts;
  if (mounts === undefined) return;
  for (const { argument } of importLines(model.corefile.tokens)) {
    const path = argument.text;
    if (!path.startsWith('/') || /\{[$%]/u.test(path)) continue;
    if (mounts.some((mount) => path.startsWith(`${mount.path.replace(/\/$/u, '')}/`))) continue;
    yield {
      severity: 'warning',
      message: `No volume of CoreDNS's pods brings ${shown(path)}. Put the file into this ConfigMap and import it by its name alone`,
      at: argument,
    };
  }
}
