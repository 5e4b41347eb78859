import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { zonesOrBlock } from './blockFacts.ts';
import { parseFloat, zonesOfArgument } from './goValues.ts';
import { labelSelectorProblem } from './labelSelector.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  braceAsArgument,
  noneOf,
  optionsOf,
  refuse,
  shownWord,
  subjectOf,
  twice,
  unknownOption,
  wrongCount,
  wrongDuration,
  wrongNumber,
} from './refuse.ts';

/** Number of arguments by option. `ignore` alone is read and does nothing. */
const COUNTS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['endpoint_pod_names', [0, 0]],
  ['pods', [1, 1]],
  ['namespaces', [1, Infinity]],
  ['endpoint', [1, Infinity]],
  ['tls', [3, 3]],
  ['labels', [1, Infinity]],
  ['namespace_labels', [1, Infinity]],
  ['fallthrough', [0, Infinity]],
  ['ttl', [1, Infinity]],
  ['noendpoints', [0, 0]],
  ['zonal', [0, 0]],
  ['ignore', [0, Infinity]],
  ['kubeconfig', [1, 2]],
  ['multicluster', [0, Infinity]],
  ['startup_timeout', [1, Infinity]],
  ['apiserver_qps', [1, 1]],
  ['apiserver_burst', [1, 1]],
  ['apiserver_max_inflight', [1, 1]],
]);

/** The options that conflict with another one, by name: where they stand. */
type Seen = Map<string, readonly CorefileToken[]>;

/** plugin/kubernetes/setup.go kubernetesParse and ParseStanza. The API server is not asked. */
export const kubernetesSetup: PluginSetup = (words, context) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const args = words.remainingArgs();
  const zones = zonesOrBlock(words, args, context.block);
  const wrong = wrongZones(first, args, zones);
  if (wrong !== undefined) return wrong;
  const seen: Seen = new Map();
  for (const option of optionsOf(words)) {
    const refusal = judge(words, option, seen);
    if (refusal !== undefined) return refusal;
  }
  const conflict = conflictOf(words, seen, zones);
  if (conflict !== undefined) return conflict;
  const again = words.next();
  return again === undefined ? undefined : twice('kubernetes', first, again);
};

function wrongZones(
  name: CorefileToken,
  args: readonly CorefileToken[],
  zones: readonly string[] | undefined,
): Refusal | undefined {
  if (zones === undefined || zones.some((zone) => !/\.(?:in-addr|ip6)\.arpa\.$/u.test(zone))) return undefined;
  const at = args[0] ?? name;
  return refuse(
    'CF306',
    at,
    zones.length === 0
      ? 'None of the zones of kubernetes is a domain name, CoreDNS needs one. Write the cluster domain, such as cluster.local'
      : 'kubernetes has reverse zones only, CoreDNS needs a name as well. Add the cluster domain, such as cluster.local',
  );
}

function judge(words: Dispenser, option: CorefileToken, seen: Seen): Refusal | undefined {
  const name = words.valueOf(option);
  const counts = COUNTS.get(name);
  if (counts === undefined) return unknownOption(words, 'kubernetes', option);
  const args = words.remainingArgs();
  const [value] = args;
  const wrong = wrongCount('kubernetes', option, args, ...counts);
  if (wrong !== undefined) return wrong;
  seen.set(name, [option, ...args]);
  return value === undefined ? undefined : wrongValue(words, name, option, args, value);
}

function wrongValue(
  words: Dispenser,
  name: string,
  option: CorefileToken,
  args: readonly CorefileToken[],
  value: CorefileToken,
): Refusal | undefined {
  const subject = subjectOf('kubernetes', option);
  switch (name) {
    case 'pods':
      return noneOf(words, subject, value, ['disabled', 'verified', 'insecure']);
    case 'labels':
    case 'namespace_labels':
      return wrongSelector(words, subject, args, value);
    case 'ttl':
      return wrongNumber(words, subject, value, { min: 0, max: 3600 });
    case 'ignore':
      return noneOf(words, subject, value, ['empty_service']);
    case 'startup_timeout':
      return wrongDuration(words, subject, value);
    case 'apiserver_qps':
      return wrongRate(words, subject, value);
    case 'apiserver_burst':
    case 'apiserver_max_inflight':
      return wrongNumber(words, subject, value, { min: 0 });
    default:
      return undefined;
  }
}

function wrongSelector(
  words: Dispenser,
  subject: string,
  args: readonly CorefileToken[],
  first: CorefileToken,
): Refusal | undefined {
  const problem = labelSelectorProblem(args.map((token) => words.valueOf(token)).join(' '));
  if (problem === undefined) return undefined;
  const brace = args.find(({ text }) => text === '}');
  if (brace !== undefined) return braceAsArgument(subject, brace);
  return refuse(
    'CF306',
    first,
    `${subject} needs a label selector, here ${shownWord(problem)}. Write one such as app=web,tier in (a, b)`,
  );
}

function wrongRate(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const rate = parseFloat32(text);
  if (rate === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    return refuse('CF305', token, `${subject} needs a number, ${shownWord(text)} is none. Write one such as 50`);
  }
  return rate < 0
    ? refuse('CF306', token, `${subject} must be 0 or more, ${shownWord(text)} is not. Write 0`)
    : undefined;
}

function conflictOf(words: Dispenser, seen: Seen, zones: readonly string[] | undefined): Refusal | undefined {
  const namespaceLabels = seen.get('namespace_labels')?.[0];
  if (seen.has('namespaces') && namespaceLabels !== undefined)
    return refuse(
      'CF427',
      namespaceLabels,
      'kubernetes takes namespaces or namespace_labels, CoreDNS refuses both together. Remove one',
    );
  for (const token of seen.get('multicluster')?.slice(1) ?? []) {
    const foreign = zonesOfArgument(words.valueOf(token)).find((zone) => zones?.includes(zone) === false);
    if (foreign !== undefined)
      return refuse(
        'CF309',
        token,
        `kubernetes serves ${shownWord(zones?.join(' ') ?? '')}, not the multicluster zone ${shownWord(foreign)}. Add it to the zones behind kubernetes`,
      );
  }
  const zonal = seen.get('zonal')?.[0];
  if (zonal !== undefined && seen.has('noendpoints'))
    return refuse(
      'CF427',
      zonal,
      'kubernetes needs its endpoints for zonal, and noendpoints leaves them out. Remove one',
    );
  return undefined;
}

/** strconv.ParseFloat(text, 32): what rounds to infinity in 32 bits is out of range. */
function parseFloat32(text: string): number | undefined {
  const value = parseFloat(text);
  const tooLarge = value !== undefined && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
  return tooLarge ? undefined : value;
}
