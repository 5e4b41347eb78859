import { visibleText } from '../base/visibleText.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../protocol/export.ts';
import { parsePorts } from './dnsPorts.ts';

export const EXPORT_USAGE = `dnscope export FILE… --format ${EXPORT_FORMATS.join('|')} [-o OUT] [--filter EXPR] [--redact] [--topology FILE] [--corefile FILE] [--dns-port N,…]`;

export interface ExportArgs {
  readonly files: readonly string[];
  readonly format: ExportFormat;
  /** A path, or `-` for standard output. */
  readonly out: string;
  readonly filter: string;
  readonly redact: boolean;
  /** File that holds the secret of the pseudonyms; without one each export has a new one. */
  readonly redactKey: string | undefined;
  readonly topology: string | undefined;
  readonly corefile: string | undefined;
  /** Besides 53 and 5353. */
  readonly dnsPorts: readonly number[];
}

const WITH_VALUE: Readonly<Record<string, string>> = {
  '--format': 'format',
  '-o': 'out',
  '--output': 'out',
  '--filter': 'filter',
  '--redact-key': 'redactKey',
  '--topology': 'topology',
  '--corefile': 'corefile',
  '--dns-port': 'dnsPorts',
};

/** @returns the arguments, or what is wrong with them */
export function parseExportArgs(argv: readonly string[]): ExportArgs | string {
  const files: string[] = [];
  const values = new Map<string, string>();
  let redact = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    const key = WITH_VALUE[arg];
    if (key !== undefined) {
      const value = argv[++i];
      if (value === undefined) return `${arg} needs a value`;
      values.set(key, value);
    } else if (arg === '--redact') redact = true;
    else if (arg.startsWith('-') && arg !== '-') return `Unknown option ${visibleText(arg)}`;
    else files.push(arg);
  }
  if (files.length === 0) return 'No capture file given';
  const wanted = values.get('format');
  if (wanted === undefined) return '--format is missing';
  const format = EXPORT_FORMATS.find((known) => known === wanted);
  if (format === undefined) return `There is no format ${visibleText(wanted)}`;
  const portText = values.get('dnsPorts');
  const dnsPorts = portText === undefined ? [] : parsePorts(portText);
  if (dnsPorts === undefined) return `--dns-port takes ports from 1 to 65535, not ${visibleText(portText ?? '')}`;
  return {
    files,
    format,
    out: values.get('out') ?? '-',
    filter: values.get('filter') ?? '',
    redact: redact || values.has('redactKey'),
    redactKey: values.get('redactKey'),
    topology: values.get('topology'),
    corefile: values.get('corefile'),
    dnsPorts,
  };
}
