/** What "Copy Diagnostics" says, as Markdown for a bug report: about the program and how much it holds, nothing of what that is about. */
import type { TraceSnapshot } from '../../protocol/webview.ts';
import type { LogLine } from '../log.ts';
import { namesOf, redactedText } from './redactedText.ts';

/** A setting as package.json declares it. */
export interface SettingKind {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly patternProperties?: Readonly<Record<string, { readonly enum?: readonly unknown[] }>>;
}

export interface DiagnosticsFacts {
  readonly version: string;
  readonly editor: string;
  readonly editorVersion: string;
  readonly platform: string;
  /** What the window is connected to: `ssh-remote`, `wsl`; absent on this machine. */
  readonly remote?: string;
  readonly isTrusted: boolean;
  readonly settings: readonly { readonly id: string; readonly kind: SettingKind; readonly value: unknown }[];
  readonly traces: readonly {
    readonly kind: 'live' | 'file';
    readonly snapshot: TraceSnapshot | undefined;
  }[];
  readonly log: readonly LogLine[];
  /** Words of our own program; the log keeps no others. */
  readonly words: ReadonlySet<string>;
  /** What is known to be a name of somebody's. */
  readonly names: readonly string[];
}

export function diagnosticsText(facts: DiagnosticsFacts): string {
  const names = namesOf(facts.names);
  const parts = [
    '### DNScope diagnostics',
    '',
    `- DNScope ${facts.version}`,
    `- ${facts.editor} ${facts.editorVersion}`,
    `- ${facts.platform}${facts.remote === undefined ? '' : `, remote: ${facts.remote}`}`,
    ...(facts.isTrusted ? [] : ['- workspace not trusted']),
    '',
    '**Settings that differ from their defaults**',
    '',
    ...orNone(facts.settings.flatMap(settingLine)),
    '',
    '**Open traces**',
    '',
    ...orNone(facts.traces.map(traceLine)),
    '',
    '**Log** (names and addresses left out)',
    '',
    '```',
    ...facts.log.map(
      ({ time, level, text }) => `${time.toISOString()} ${level} ${redactedText(text, facts.words, names)}`,
    ),
    '```',
    '',
  ];
  return parts.join('\n');
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['- none'] : lines;
}

function settingLine({ id, kind, value }: DiagnosticsFacts['settings'][number]): readonly string[] {
  if (value === undefined || JSON.stringify(value) === JSON.stringify(kind.default)) return [];
  return [`- \`${id}\`: ${valueText(kind, value)}`];
}

/** Numbers and choices as they are; free text only says that it is there, since it may be a path, an address or a registry. */
function valueText(kind: SettingKind, value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    const isChoice = kind.enum?.includes(value) === true;
    const isFigure =
      kind.pattern !== undefined &&
      new RegExp(kind.pattern, 'u').test(value) &&
      /^\s*v?\d{1,9}(?:\.\d{1,6}){0,2}\s*[a-zµμ]{0,2}\s*$/u.test(value);
    return isChoice || isFigure ? value.trim() : '(set)';
  }
  if (typeof value !== 'object' || value === null) return '(set)';
  const entries = Object.entries(value).filter(([key, one]) =>
    Object.entries(kind.patternProperties ?? {}).some(
      ([pattern, { enum: choices }]) => new RegExp(pattern, 'u').test(key) && choices?.includes(one) === true,
    ),
  );
  return entries.length === 0 ? '(set)' : entries.map(([key, one]) => `${key} ${String(one)}`).join(', ');
}

function traceLine({ kind, snapshot }: DiagnosticsFacts['traces'][number]): string {
  if (snapshot === undefined) return `- ${kind}: nothing read yet`;
  const { source, counts, vantages, findings, loss } = snapshot;
  const figures = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`);
  const states = tally(vantages.map(({ role, state }) => `${roleText(role)} ${state}`));
  const rules = tally(findings.map(({ id }) => idText(id)));
  return [
    `- ${kind}, ${source.state}: ${figures.join(', ')}`,
    `lost ${String(loss.packets)} packets, ${String(loss.gaps)} gaps`,
    `watched: ${states || 'nothing'}`,
    `findings: ${rules || 'none'}`,
    ...(source.problems.length === 0 ? [] : [`problems: ${tally(source.problems.map(({ code }) => idText(code)))}`]),
  ].join('; ');
}

const ROLES: ReadonlySet<string> = new Set(['client', 'coredns', 'nodelocal', 'node', 'unknown']);
const roleText = (role: string): string => (ROLES.has(role) ? role : 'other');

/** Ids are ours, and look so. */
const idText = (id: string): string => (/^[a-z][a-z0-9-]{1,60}$/u.test(id) ? id : 'other');

function tally(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${String(count)} × ${text}`)).join(', ');
}
