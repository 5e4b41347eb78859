/**
 * Writes src/core/corefile/data/pluginFacts.ts from a description of CoreDNS's plugins (plugins.json: names, options,
 * argument counts, releases; gathered from the CoreDNS sources and checked on the binary), and data/pluginOrder.ts from one
 * of its releases (versions.json: the lines of plugin.cfg). The results are checked in, so that nobody needs the
 * descriptions to build. Usage: node scripts/generateCorefileData.ts PLUGINS.json VERSIONS.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Option {
  readonly name: string;
  readonly minArgs?: number;
  readonly maxArgs?: number;
  readonly since?: string;
  readonly removedIn?: string;
  readonly argType?: string | readonly string[];
  readonly values?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  readonly noop?: boolean;
}

interface Plugin {
  readonly name: string;
  readonly external: boolean;
  readonly pseudo?: boolean;
  readonly onRepeat?: string;
  readonly block?: string;
  readonly minArgs?: number;
  readonly maxArgs?: number;
  readonly since?: string;
  readonly removedIn?: string;
  readonly replacedBy?: string | null;
  readonly argTypes?: readonly string[];
  readonly directives: readonly Option[];
}

/** Counts that the CoreDNS 1.15.0 binary turned out not to check: surplus arguments are accepted. */
const UNCHECKED_MAXIMUM: ReadonlySet<string> = new Set(['nomad', 'root', 'kubernetes.ignore', 'dnstap.tls']);

/** Plugins that answer queries themselves, each for some names at least; the others hand on, or refuse. */
const ANSWERS: ReadonlySet<string> = new Set(
  (
    'local any chaos template dynupdate hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd ' +
    'forward grpc erratic whoami nomad reverse proxy federation'
  ).split(' '),
);

function range(path: string, min: number | undefined, max: number | undefined): string {
  return `${min ?? 0}-${max === undefined || UNCHECKED_MAXIMUM.has(path) ? '' : max}`;
}

/** Types whose text CoreDNS checks before anything else; timeouts takes bare numbers for seconds. */
function firstType(path: string, type: string | undefined): string {
  const checked = type === 'int' || type === 'uint' || type === 'duration';
  return checked && !path.startsWith('timeouts.') ? ` =${type}` : '';
}

/** The only words an option of exactly one argument takes. */
function words({ values, minArgs, maxArgs }: Option): string {
  return Array.isArray(values) && minArgs === 1 && maxArgs === 1 ? ` ~${values.join(',')}` : '';
}

function releases(since: string | undefined, removedIn: string | undefined): string {
  return (since === undefined ? '' : ` @${since}`) + (removedIn === undefined ? '' : ` !${removedIn}`);
}

function line(plugin: Plugin): string {
  const { name, onRepeat = 'chain', block = 'options', since, removedIn, replacedBy } = plugin;
  const replaced = typeof replacedBy === 'string' ? ` >${replacedBy}` : '';
  const counts = range(name, plugin.minArgs, plugin.maxArgs) + firstType(name, plugin.argTypes?.[0]);
  const head = `${name} ${onRepeat} ${block} ${counts}${ANSWERS.has(name) ? ' answers' : ''}`;
  const options = plugin.directives
    .filter((option) => /^[\w-]+$/u.test(option.name))
    .map((option) => {
      const path = `${name}.${option.name}`;
      const type = firstType(path, typeof option.argType === 'string' ? option.argType : option.argType?.[0]);
      const checks = range(path, option.minArgs, option.maxArgs) + type + words(option);
      return `${option.name} ${checks}${option.noop === true ? ' noop' : ''}${releases(option.since, option.removedIn)}`;
    });
  return [head + releases(since, removedIn) + replaced, ...options].join(' | ');
}

interface Release {
  readonly version: string;
  /** Present where it differs from the release before. */
  readonly pluginOrder?: string;
}

/** A line per change of the order: the first in full, later ones as `-name` (gone) and `name<next` (put in front of `next`, or last). */
function orderLines(releases: readonly Release[]): readonly string[] {
  const lines: string[] = [];
  let order: string[] = [];
  for (const { version, pluginOrder } of releases) {
    if (pluginOrder === undefined) continue;
    const wanted = pluginOrder.split(' ');
    if (lines.length === 0) lines.push(`${version} ${pluginOrder}`);
    else lines.push([version, ...orderChanges(order, wanted)].join(' '));
    order = wanted;
  }
  return lines;
}

function orderChanges(before: readonly string[], wanted: readonly string[]): readonly string[] {
  const order = before.filter((name) => wanted.includes(name));
  const changes = before.filter((name) => !wanted.includes(name)).map((name) => `-${name}`);
  // From the back, so that the name to stand in front of is in its place already.
  for (let index = wanted.length - 1; index >= 0; index -= 1) {
    const name = wanted[index] ?? '';
    const next = wanted[index + 1] ?? '';
    const at = order.indexOf(name);
    if (at !== -1 && (order[at + 1] ?? '') === next) continue;
    if (at !== -1) order.splice(at, 1);
    order.splice(next === '' ? order.length : order.indexOf(next), 0, name);
    changes.push(`${name}<${next}`);
  }
  return changes;
}

const [source, releaseSource] = process.argv.slice(2);
if (source === undefined || releaseSource === undefined)
  throw new Error('Name the plugins.json and the versions.json to read');
const { plugins } = JSON.parse(readFileSync(source, 'utf8')) as { readonly plugins: readonly Plugin[] };
const inTree = plugins.filter((plugin) => !plugin.external && plugin.pseudo !== true);
const external = plugins.filter((plugin) => plugin.external).map((plugin) => plugin.name);
const text = `// Written by scripts/generateCorefileData.ts; read by ../pluginCatalogue.ts, which explains the columns.
export const PLUGIN_FACTS = \`
${inTree.map(line).join('\n')}
\`;

/** Plugins that stock images don't hold. */
export const EXTERNAL_PLUGINS = '${external.join(' ')}';
`;
writeFileSync(new URL('../src/core/corefile/data/pluginFacts.ts', import.meta.url), text);

const { versions } = JSON.parse(readFileSync(releaseSource, 'utf8')) as { readonly versions: readonly Release[] };
const orderText = `// Written by scripts/generateCorefileData.ts; read by ../pluginCatalogue.ts, which explains the lines.
export const PLUGIN_ORDER = \`
${orderLines(versions).join('\n')}
\`;
`;
writeFileSync(new URL('../src/core/corefile/data/pluginOrder.ts', import.meta.url), orderText);
