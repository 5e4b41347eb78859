import { visibleText } from '../base/visibleText.ts';
import { SEVERITIES, type Severity } from '../core/corefile/diagnostic.ts';
import { DEFAULT_COREDNS_VERSION, compareVersions, isVersion } from '../core/corefile/pluginCatalogue.ts';
import { slashPath } from './corefileDisk.ts';

export interface LintArgs {
  readonly files: readonly string[];
  readonly format: 'text' | 'json' | 'sarif';
  readonly version: string;
  /** From this severity on a problem makes the exit status 1. */
  readonly failOn: Severity;
}

/** The arguments, `help`, or what is wrong with them: a sentence without final full stop. */
export function parseLintArgs(
  argv: readonly string[],
): LintArgs | { readonly help: true } | { readonly problem: string } {
  const files: string[] = [];
  const formats = new Set<'json' | 'sarif'>();
  let version = DEFAULT_COREDNS_VERSION;
  let failOn: Severity = 'error';
  let onlyFiles = false;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    if (onlyFiles || arg === '-' || !arg.startsWith('-')) files.push(arg);
    else if (arg === '--') onlyFiles = true;
    else if (arg === '--help' || arg === '-h') return { help: true };
    else if (arg === '--json') formats.add('json');
    else if (arg === '--sarif') formats.add('sarif');
    else {
      const [option = '', inline] = splitInline(arg);
      if (option !== '--coredns' && option !== '--fail-on') return { problem: `Unknown option ${visibleText(arg)}` };
      const value = inline ?? argv[(index += 1)];
      if (option === '--coredns') {
        if (value === undefined) return { problem: '--coredns needs a version, such as 1.11.3' };
        if (!isVersion(value)) return { problem: `${visibleText(value)} is not a CoreDNS version, such as 1.11.3` };
        version = value;
      } else {
        const severity = SEVERITIES.find((one) => one === value);
        if (severity === undefined) return { problem: `--fail-on needs a severity: ${SEVERITIES.join(', ')}` };
        failOn = severity;
      }
    }
  }
  if (files.length === 0) return { problem: 'No Corefile given' };
  if (formats.size > 1) return { problem: '--json and --sarif exclude each other' };
  return { files: eachOnce(files), format: [...formats][0] ?? 'text', version, failOn };
}

/** By the place they resolve to, under the name that came first. */
function eachOnce(files: readonly string[]): readonly string[] {
  const places = files.map((file) => (file === '-' ? file : slashPath(file)));
  return files.filter((_, index) => places.indexOf(places[index] ?? '') === index);
}

/** What is said of a release that came after all that is known; `undefined` for the others. */
export function beyondKnown(version: string): string | undefined {
  if (compareVersions(version, DEFAULT_COREDNS_VERSION) <= 0) return undefined;
  return `What is known of CoreDNS ends at ${DEFAULT_COREDNS_VERSION}: ${visibleText(version)} is judged as that release`;
}

function splitInline(arg: string): readonly [string, string | undefined] {
  const equals = arg.indexOf('=');
  return equals === -1 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
