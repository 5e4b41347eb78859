/**
 * Whether lint and CoreDNS agree on a Corefile: CoreDNS refuses exactly where lint reports an error, and where CoreDNS names
 * a line, one of lint's errors lies on the construct at fault. A refusal that the machine causes (files, sockets,
 * certificates, an API) is no matter for lint and counts apart.
 */
import type { Diagnostic } from '../../src/core/corefile/diagnostic.ts';
import { environmentReferences } from '../../src/core/corefile/environment.ts';
import { type LintResult, lintCorefile } from '../../src/core/corefile/lint.ts';
import type { CorefileToken } from '../../src/core/corefile/lexer.ts';
import { type Verdict, corednsVerdict } from './corednsVerdict.ts';

export interface CorefileCase {
  readonly label: string;
  readonly text: string;
}

export interface Outcome extends CorefileCase {
  readonly kind: 'agree' | 'machine' | 'silent' | 'false-error' | 'missed-refusal';
  /** Whether the line that CoreDNS names is the one lint points at; `undefined` where it names none or lint has no error. */
  readonly onLine: boolean | undefined;
  readonly accepted: boolean;
  /** What CoreDNS said, last line; empty when it started. */
  readonly message: string;
  readonly errors: readonly Diagnostic[];
}

const KNOWN_ENVIRONMENT = { ZONE: 'env.org', PORT: '1053', EMPTY: '' };

/** Refusals that depend on the machine CoreDNS starts on, by what they say. */
const MACHINE: readonly RegExp[] = [
  /no such file or directory/u,
  /permission denied|operation not permitted/u,
  /is a directory|not a directory|not a regular file/u,
  /bind: (?:cannot assign requested address|address already in use|no such device)/u,
  /address already in use/u,
  /^Listen: listen (?:tcp|udp) .*: lookup /mu,
  /failed to resolve "|server misbehaving|no such host|connection refused|network is unreachable/u,
  /(?:could not|unable to|failed to) (?:load|parse|read) (?:in-cluster|certificate|certs|X509|the private key)/iu,
  /DefaultAzureCredential|could not find default credentials|no credential|MSI not available|failed to get SPT/iu,
  /failed to create route53 client|invalid credentials file/u,
  /could not load TLS cert/u,
  /not a valid IP address or interface name: "(?![\d.]+")[^\s/:"]{1,15}"/u,
  /invalid database|MaxMind/u,
  /File to import not found: \//u,
  // What stands in a file.
  /has no SOA record|failed to parse file|weight file|parsing zone file|zone "[^"]*" (?:has no|contains more than one) SOA/u,
];

/** `bind` with the name of an interface: which addresses it has, and so which keys collide, only the machine knows. */
function collidesByInterface(text: string, message: string): boolean {
  return /^cannot serve .* (?:it is already defined|zone overlap)/u.test(message) && /^\s*bind .*\blo\b/mu.test(text);
}

/** Every variable the text names has a value, the same for lint and for CoreDNS: one that isn't set counts as empty. */
function environmentFor(text: string): Readonly<Record<string, string>> {
  const names = text.split(/\s/u).flatMap((word) => environmentReferences(word).map(({ name }) => name));
  return { ...Object.fromEntries(names.map((name) => [name, ''])), ...KNOWN_ENVIRONMENT };
}

/** The folder holds nothing but the Corefile itself: a plain name stands for no file, a pattern or a path is left open. */
function resolveImport(pattern: string): readonly [] | undefined {
  return /^[\w.-]+$/u.test(pattern) && !/^\.*$/u.test(pattern) && pattern !== 'Corefile' ? [] : undefined;
}

export async function judge(binary: string, { label, text }: CorefileCase): Promise<Outcome> {
  const environment = environmentFor(text);
  const verdict = await corednsVerdict(binary, text, KNOWN_ENVIRONMENT);
  const result = lintCorefile(text, { file: label, environment, resolveImport });
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  const message = verdict.outcome === 'refused' ? reasonIn(verdict.message) : '';
  const kind = kindOf(verdict, errors, collidesByInterface(text, message));
  const refusedAlike = kind === 'agree' && errors.length > 0 && !MACHINE.some((pattern) => pattern.test(message));
  return {
    label,
    text,
    kind,
    onLine: refusedAlike ? liesOnNamedLine(result, errors, message) : undefined,
    accepted: verdict.outcome === 'accepted',
    message,
    errors,
  };
}

/** The last line that is no picture of an expression with a mark under it. */
function reasonIn(output: string): string {
  return output.split('\n').findLast((line) => !/^\s*\|/u.test(line)) ?? '';
}

function kindOf({ outcome, message }: Verdict, errors: readonly Diagnostic[], byInterface: boolean): Outcome['kind'] {
  if (outcome === 'silent' || outcome === 'timeout') return 'silent';
  if (outcome === 'accepted') return errors.length > 0 ? 'false-error' : 'agree';
  if (errors.length > 0) return 'agree';
  return byInterface || MACHINE.some((pattern) => pattern.test(message)) ? 'machine' : 'missed-refusal';
}

/**
 * CoreDNS names the line of the word at which reading stopped. The construct at fault is that line, the plugin stanza that
 * holds it (an error anywhere on the stanza's words up to there), the snippet that holds it, what an error says is misread
 * because of it, or, where it misses a closing brace or read on into a quote, the brace or quote that was left open before.
 * An unknown plugin may also be the fault of what made CoreDNS look for a plugin there: the keys or the brace that opened
 * the block, or the word in front.
 */
function liesOnNamedLine({ model }: LintResult, errors: readonly Diagnostic[], message: string): boolean | undefined {
  const named = /Corefile:(\d+) - (?:Error during parsing|Syntax error): (.*)$/u.exec(message);
  if (named === null) return undefined;
  const line = Number(named[1]);
  const ranges = errors.flatMap(({ start, end, misread = [] }) => [{ start, end }, ...misread]);
  if (ranges.some(({ start, end }) => start.line <= line && line <= end.line)) return true;
  const covers = (token: CorefileToken): boolean =>
    token.file === '' && token.line <= line && line <= token.line + token.lineBreaks;
  const snippet = model.corefile.items.find(
    (item) => item.kind === 'snippet' && item.key.line <= line && line <= (item.close?.line ?? Infinity),
  );
  if (/Unexpected EOF|expecting '[{}]'/u.test(named[2] ?? ''))
    return errors.some(({ start, rule }) => (start.line <= line || snippet !== undefined) && /^CF1/u.test(rule));
  if (snippet?.kind === 'snippet' && errors.some(({ start }) => snippet.key.line <= start.line && start.line <= line))
    return true;
  for (const block of model.blocks) {
    for (const item of block.node.body) {
      if (item.kind !== 'directive' || !item.tokens.some(covers)) continue;
      const held = item.tokens.filter((token) => token.file === '' && token.line <= line);
      if (errors.some(({ start }) => held.some((token) => token.start <= start.offset && start.offset < token.end)))
        return true;
      if (!/^Unknown directive/u.test(named[2] ?? '')) continue;
      const before = model.corefile.tokens.findLast(({ end }) => end <= item.name.start);
      const opening = [...block.node.keys.map(({ token }) => token), block.node.open, before];
      if (
        errors.some(
          ({ start, end, rule }) =>
            /^CF1/u.test(rule) &&
            opening.some((token) => token !== undefined && start.offset < token.end && token.start < end.offset),
        )
      )
        return true;
    }
  }
  return false;
}

export interface Agreement {
  readonly outcomes: readonly Outcome[];
  /** Of those the machine did not decide, the share on which both agree. */
  readonly agreement: number;
  /** Of the refusals that name a line and that lint saw, the share where an error lies on the construct at fault. */
  readonly onLine: number;
}

/** Starts CoreDNS for every case, two at a time. */
export async function compare(binary: string, cases: readonly CorefileCase[]): Promise<Agreement> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = cases[next++]; item !== undefined; item = cases[next++]) outcomes.push(await judge(binary, item));
  };
  await Promise.all([worker(), worker()]);
  const judged = outcomes.filter(({ kind }) => kind !== 'machine' && kind !== 'silent');
  const located = judged.filter(({ onLine }) => onLine !== undefined);
  return {
    outcomes,
    agreement: share(judged, ({ kind }) => kind === 'agree'),
    onLine: share(located, ({ onLine }) => onLine === true),
  };
}

function share<T>(list: readonly T[], holds: (item: T) => boolean): number {
  return list.length === 0 ? 1 : list.filter(holds).length / list.length;
}

/** Counts for one line of output. */
export function figures({ outcomes, agreement, onLine }: Agreement): string {
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const accepted = outcomes.filter((outcome) => outcome.accepted).length;
  const located = outcomes.filter((outcome) => outcome.onLine !== undefined).length;
  return (
    `${outcomes.length} starts, ${accepted} accepted, ${count('machine')} refused for the machine, ${count('silent')} without a verdict; ` +
    `agreement ${percent(agreement)} (${count('false-error')} false errors, ${count('missed-refusal')} missed refusals); ` +
    `on the line ${percent(onLine)} of ${located}`
  );
}

function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

/** What lint and CoreDNS disagree about, alike ones together, most frequent first. */
export function disagreements({
  outcomes,
}: Agreement): readonly { readonly what: string; readonly of: readonly Outcome[] }[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const what = disagreement(outcome);
    if (what === undefined) continue;
    const group = groups.get(what);
    if (group === undefined) groups.set(what, [outcome]);
    else group.push(outcome);
  }
  return [...groups].map(([what, of]) => ({ what, of })).sort((a, b) => b.of.length - a.of.length);
}

/** What CoreDNS refused for reasons that lie in the machine, with how often. */
export function machineRefusals({ outcomes }: Agreement): readonly string[] {
  const counts = new Map<string, number>();
  for (const { kind, message } of outcomes) {
    const what = withoutValues(message);
    if (kind === 'machine') counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([what, count]) => `for the machine ${count} × ${what}`);
}

function disagreement({ kind, onLine, message, errors: [first] }: Outcome): string | undefined {
  if (kind === 'missed-refusal') return `missed: ${withoutValues(message)}`;
  if (kind === 'false-error') return `false error: ${first?.rule ?? ''} ${withoutValues(first?.message ?? '')}`;
  return onLine === false ? `other line: ${first?.rule ?? ''} for ${withoutValues(message)}` : undefined;
}

/** A message without what differs from file to file. */
function withoutValues(message: string): string {
  return message
    .replace(/^.*?(?=plugin\/)/u, '')
    .replace(/\S*Corefile:\d+/gu, 'F:L')
    .replace(/'[^']*'|"[^"]*"/gu, "'…'")
    .replace(/\d+/gu, 'N')
    .slice(0, 160);
}
