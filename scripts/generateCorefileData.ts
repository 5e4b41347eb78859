/**
 * Writes src/core/corefile/data/pluginFacts.ts from a description of CoreDNS's plugins (plugins.json: names, options,
 * argument counts, releases; gathered from the CoreDNS sources and checked on the binary). The result is checked in, so
 * that nobody needs the description to build. Usage: node scripts/generateCorefileData.ts PLUGINS.json
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
  const head = `${name} ${onRepeat} ${block} ${counts}`;
  const options = plugin.directives
    .filter((option) => /^[\w-]+$/u.test(option.name))
    .map((option) => {
      const path = `${name}.${option.name}`;
      const type = firstType(path, typeof option.argType === 'string' ? option.argType : option.argType?.[0]);
      const checks = range(path, option.minArgs, option.maxArgs) + type + words(option);
      return `${option.name} ${checks}${releases(option.since, option.removedIn)}`;
    });
  return [head + releases(since, removedIn) + replaced, ...options].join(' | ');
}

const source = process.argv[2];
if (source === undefined) throw new Error('Name the plugins.json to read');
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
