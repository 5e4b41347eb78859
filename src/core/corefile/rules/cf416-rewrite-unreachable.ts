/**
 * Which rewrite rules are never reached: CoreDNS tries them from the top and stops behind the first that applies and isn't
 * marked `continue`. Patterns are kept in sets by kind, so that a rule is looked up by the pieces of its own name (length
 * of the name, not number of rules); only substrings, which are rare, are tried one by one.
 * Why not: compare every pair. A block of a thousand rules would take half a million comparisons on every keystroke.
 */
import { type NamePattern, type RewriteRule, rewriteRules } from './rewriteRules.ts';
import { type Rule, shown } from './rule.ts';

const MOST_SUBSTRINGS = 64;

/** A rewrite rule whose names an earlier rule takes, all of them. */
export const rewriteUnreachable: Rule = {
  code: 'CF416',
  title: 'Rewrite rule is never reached',
  *check(context) {
    let block: RewriteRule['block'] | undefined;
    let earlier = new Covering();
    for (const rule of rewriteRules(context)) {
      if (rule.block !== block) {
        block = rule.block;
        earlier = new Covering();
      }
      // Rules by type, class or EDNS option depend on the name in no way: only a rule for all names covers them.
      const first =
        rule.names === undefined
          ? rule.type === undefined
            ? undefined
            : earlier.everything
          : earlier.covering(rule.names);
      if (first !== undefined) {
        yield {
          severity: 'warning',
          message: `This rule is never reached: one above it takes ${rule.names === undefined ? 'every name' : shown(rule.names.text)} first and stops. Move this one up, or begin that one with continue`,
          at: rule.stanza.name,
          mentions: [{ at: first.stanza.name, message: 'Takes these names' }],
        };
      }
      if (rule.type === undefined || (rule.mode === 'continue' && rule.type === 'name')) earlier.forget();
      else if (rule.mode === 'stop' && rule.names !== undefined) earlier.add(rule.names, rule);
    }
  },
};

/** Patterns of rules that stop, each with the first rule that has it. */
class Covering {
  /** A rule that takes every name. */
  everything: RewriteRule | undefined;
  readonly #exact = new Map<string, RewriteRule>();
  readonly #prefixes = new Map<string, RewriteRule>();
  readonly #suffixes = new Map<string, RewriteRule>();
  readonly #regexes = new Map<string, RewriteRule>();
  readonly #substrings = new Map<string, RewriteRule>();

  add({ match, text }: NamePattern, rule: RewriteRule): void {
    if (isEveryName(match, text)) this.everything ??= rule;
    if (match === 'substring' && this.#substrings.size >= MOST_SUBSTRINGS) return;
    const known = this.#of(match);
    if (!known.has(text)) known.set(text, rule);
  }

  /** Behind a rule that renames and goes on, the rules see names that the earlier ones never saw. */
  forget(): void {
    for (const known of [this.#exact, this.#prefixes, this.#suffixes, this.#regexes, this.#substrings]) known.clear();
  }

  /** The first rule that takes all names of a pattern, as far as that is certain. */
  covering({ match, text }: NamePattern): RewriteRule | undefined {
    if (this.everything !== undefined) return this.everything;
    if (match === 'regex') return this.#regexes.get(text);
    if (match === 'exact') {
      const same = this.#exact.get(text);
      if (same !== undefined) return same;
    }
    for (let at = 0; at <= text.length; at += 1) {
      const head = match === 'exact' || match === 'prefix' ? this.#prefixes.get(text.slice(0, at)) : undefined;
      const tail = match === 'exact' || match === 'suffix' ? this.#suffixes.get(text.slice(at)) : undefined;
      if (head !== undefined || tail !== undefined) return head ?? tail;
    }
    for (const [part, rule] of this.#substrings) if (text.includes(part)) return rule;
    return undefined;
  }

  #of(match: NamePattern['match']): Map<string, RewriteRule> {
    switch (match) {
      case 'exact':
        return this.#exact;
      case 'prefix':
        return this.#prefixes;
      case 'suffix':
        return this.#suffixes;
      case 'substring':
        return this.#substrings;
      case 'regex':
        return this.#regexes;
    }
  }
}

/** Every name ends in a dot, so the suffix and the substring "." take all of them. */
function isEveryName(match: NamePattern['match'], text: string): boolean {
  if (match === 'regex') return /^\^?\(?\.[*+]\)?\$?$/u.test(text);
  return (match === 'suffix' || match === 'substring') && text === '.';
}
