/**
 * What of a server block gives a question another name before an upstream is asked: the rules of `rewrite`, then `autopath`
 * (their order in plugin.cfg). Says what stands there; `topology/changedName.ts` applies it.
 * Source: plugin/rewrite rewrite.go newRule, name.go newNameRule, cname_target.go; plugin/autopath setup.go of CoreDNS 1.15.
 */
import type { NameChange, NameMatch } from '../topology/topology.ts';
import type { ServerBlockModel } from './model.ts';
import { normalizeName, zonesOfArgument } from './serverKey.ts';
import type { Stanza } from './stanza.ts';

const MATCHES: ReadonlySet<string> = new Set<NameMatch>(['exact', 'prefix', 'suffix', 'substring', 'regex']);

export function nameChanges({ plugins, zones }: ServerBlockModel): readonly NameChange[] {
  const changes: NameChange[] = [];
  for (const stanza of plugins.get('rewrite') ?? []) {
    const { change, stops } = ruleOf(stanza);
    if (change !== undefined) changes.push(change);
    if (stops) break;
  }
  // Each line of it overwrites what the one before set.
  const autopath = plugins.get('autopath')?.at(-1);
  if (autopath === undefined) return changes;
  const words = autopath.args.map(({ text }) => text);
  const named = words.slice(0, -1).flatMap(zonesOfArgument);
  const ofPods = words.at(-1) === '@kubernetes' ? { ofPods: true as const } : {};
  changes.push({ by: 'autopath', line: autopath.name.line, zones: named.length > 0 ? named : zones, ...ofPods });
  return changes;
}

/** @returns `stops`: the rule applies to every question and is the last one */
function ruleOf({ name: { line }, args, options }: Stanza): { readonly change?: NameChange; readonly stops?: boolean } {
  // With fewer than two words on its line, a rule is all words of its block.
  const all = args.length < 2 ? [...args, ...options.flatMap((option) => [option.name, ...option.args])] : args;
  const words = all.map(({ text }) => text);
  const mode = words[0]?.toLowerCase();
  const [kind = '', ...rest] = mode === 'continue' || mode === 'stop' ? words.slice(1) : words;
  const goesOn = mode === 'continue' ? { goesOn: true as const } : {};
  switch (kind.toLowerCase()) {
    case 'name': {
      const [match, from, to] = rest.length === 2 ? ['exact', ...rest] : [rest[0]?.toLowerCase(), rest[1], rest[2]];
      // With `metadata`, what stands in the new name is known to CoreDNS alone.
      if (from === undefined || to === undefined || !isMatch(match) || rest[3] === 'metadata')
        return { change: { by: 'unknown', line } };
      const read = match === 'regex' ? from : normalizeName(from);
      return { change: { by: 'name', line, match, from: read, to: normalizeName(to), ...goesOn } };
    }
    case 'cname': {
      const [to] = rest.length === 2 ? rest.slice(1) : rest[0]?.toLowerCase() === 'exact' ? rest.slice(2) : [];
      const target = to === undefined ? {} : { to: normalizeName(to) };
      return { change: { by: 'cname', line, ...target }, stops: mode !== 'continue' };
    }
    case 'edns0':
    case 'rcode':
    case 'ttl':
      return mode === 'continue' ? {} : { change: { by: 'unknown', line } };
    default:
      return { change: { by: 'unknown', line } };
  }
}

function isMatch(text: string | undefined): text is NameMatch {
  return text !== undefined && MATCHES.has(text);
}
