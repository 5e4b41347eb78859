import { visibleText } from '../base/visibleText.ts';
import { DEFAULT_COREDNS_VERSION, isVersion } from '../core/corefile/pluginCatalogue.ts';

export interface LintArgs {
  readonly files: readonly string[];
  readonly format: 'text' | 'json' | 'sarif';
  readonly version: string;
}

/** The arguments, or what is wrong with them: a sentence without final full stop. */
export function parseLintArgs(argv: readonly string[]): LintArgs | string {
  const files: string[] = [];
  const formats = new Set<'json' | 'sarif'>();
  let version = DEFAULT_COREDNS_VERSION;
  let onlyFiles = false;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    if (onlyFiles || arg === '-' || !arg.startsWith('-')) files.push(arg);
    else if (arg === '--') onlyFiles = true;
    else if (arg === '--json') formats.add('json');
    else if (arg === '--sarif') formats.add('sarif');
    else if (arg === '--coredns' || arg.startsWith('--coredns=')) {
      index += arg === '--coredns' ? 1 : 0;
      const value = arg === '--coredns' ? argv[index] : arg.slice('--coredns='.length);
      if (value === undefined) return '--coredns needs a version, such as 1.11.3';
      if (!isVersion(value)) return `${visibleText(value)} is not a CoreDNS version, such as 1.11.3`;
      version = value;
    } else return `Unknown option ${visibleText(arg)}`;
  }
  if (files.length === 0) return 'No Corefile given';
  if (formats.size > 1) return '--json and --sarif exclude each other';
  return { files: [...new Set(files)], format: [...formats][0] ?? 'text', version };
}
