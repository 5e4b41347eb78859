import { parseDuration } from '../session/duration.ts';
import { isObjectName, parseTraceTarget, selectorTarget, type TraceTarget } from '../session/trace/traceTarget.ts';

export const TRACE_USAGE =
  'dnscope trace TARGET [-n NS] [--context C] [--duration 30s] [--json] [--yes] [--image IMG] [--port N]… [--no-coredns] [--net-raw]';

export interface TraceArgs {
  readonly target: TraceTarget;
  readonly namespace: string | undefined;
  readonly context: string | undefined;
  readonly durationMs: number | undefined;
  readonly image: string | undefined;
  readonly ports: readonly number[];
  readonly json: boolean;
  readonly yes: boolean;
  readonly watchCoreDns: boolean;
  readonly netRaw: boolean;
}

const VALUES: ReadonlyMap<string, string> = new Map([
  ['-n', 'namespace'],
  ['--namespace', 'namespace'],
  ['-l', 'selector'],
  ['--selector', 'selector'],
  ['--context', 'context'],
  ['--duration', 'duration'],
  ['--image', 'image'],
  ['--port', 'port'],
]);
const SWITCHES: ReadonlyMap<string, string> = new Map([
  ['--json', 'json'],
  ['--yes', 'yes'],
  ['-y', 'yes'],
  ['--no-coredns', 'noCoreDns'],
  ['--net-raw', 'netRaw'],
]);
// An image reference (distribution/reference): no blanks, no quotes; it goes into an API object, never into a shell.
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,499}$/;

/** The arguments, or one sentence about what is wrong with them. */
export function parseTraceArgs(argv: readonly string[]): TraceArgs | string {
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const ports: number[] = [];
  const targets: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const [arg = '', inline] = splitInline(argv[i] ?? '');
    const key = VALUES.get(arg);
    const flag = SWITCHES.get(arg);
    if (key !== undefined) {
      const value = inline ?? argv[++i];
      if (value === undefined || value === '') return `${arg} needs a value`;
      if (key !== 'port') values.set(key, value);
      else if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) ports.push(Number(value));
      else return `${JSON.stringify(value)} is no port`;
    } else if (flag !== undefined && inline === undefined) switches.add(flag);
    else if (arg.startsWith('-')) return `Unknown option ${JSON.stringify(arg)}`;
    else targets.push(argv[i] ?? '');
  }
  const selector = values.get('selector');
  if (targets.length + (selector === undefined ? 0 : 1) !== 1) {
    return targets.length === 0 ? 'No target given' : 'One target at a time';
  }
  const parsed = selector === undefined ? parseTraceTarget(targets[0] ?? '') : selectorTarget(selector);
  if (parsed.value === undefined) return sentence(parsed.problem);
  const duration = values.has('duration') ? parseDuration(values.get('duration') ?? '') : undefined;
  if (duration?.problem !== undefined) return sentence(duration.problem);
  const namespace = values.get('namespace');
  if (namespace !== undefined && !isObjectName(namespace)) return `${JSON.stringify(namespace)} is no namespace`;
  const image = values.get('image');
  if (image !== undefined && !IMAGE.test(image)) return `${JSON.stringify(image)} is no image reference`;
  return {
    target: parsed.value,
    namespace,
    context: values.get('context'),
    durationMs: duration?.value,
    image,
    ports,
    json: switches.has('json'),
    yes: switches.has('yes'),
    watchCoreDns: !switches.has('noCoreDns'),
    netRaw: switches.has('netRaw'),
  };
}

function splitInline(arg: string): readonly [string, string | undefined] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function sentence(problem: { readonly detail: string; readonly recover?: string } | undefined): string {
  return problem === undefined
    ? 'Bad arguments'
    : [problem.detail, problem.recover].filter((part) => part !== undefined).join('. ');
}
