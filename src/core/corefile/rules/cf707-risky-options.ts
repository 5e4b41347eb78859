import type { Stanza } from '../stanza.ts';
import { optionNamed, optionRange, removal, stanzasOf } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, shown, valueOf } from './rule.ts';

/** Options that give away what the rest of the Corefile protects. */
export const riskyOptions: Rule = {
  code: 'CF707',
  title: 'Option weakens protection',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'tls')) {
      yield* option(
        context,
        stanza,
        'keylog',
        'keylog writes the keys of every connection to a file: who has it can read them all. Remove it after debugging',
      );
    }
    for (const { stanza } of stanzasOf(context, 'dnstap')) {
      yield* option(
        context,
        stanza,
        'skipverify',
        'skipverify sends every query to whoever answers in the name of the dnstap server. Remove it and install the certificate',
      );
    }
    for (const { stanza } of stanzasOf(context, 'proxyproto')) {
      const fallback = optionNamed(context, stanza, 'default')?.args[0];
      const policy = fallback === undefined ? 'use' : valueOf(context, fallback)?.toLowerCase();
      if (policy !== 'use' || optionNamed(context, stanza, 'allow') !== undefined || stanza.uncertain) continue;
      yield {
        severity: 'warning',
        message:
          'Without allow every client may name any source address, and acl believes it. Add allow with the addresses of the proxies',
        at: stanza.name,
      };
    }
    for (const { stanza } of stanzasOf(context, 'on')) {
      const event = stanza.args[0];
      yield {
        severity: 'info',
        message: `Who may change this file runs commands here (on ${shown(event === undefined ? '' : (valueOf(context, event) ?? ''))}). Remove it where the file is open to others`,
        at: stanza.name,
      };
    }
  },
};

function* option(context: RuleContext, stanza: Stanza, name: string, message: string): Iterable<Finding> {
  const found = optionNamed(context, stanza, name);
  if (found === undefined) return;
  const fixes = removal(context, optionRange(found), `Remove ${name}`);
  yield { severity: 'warning', message, at: found.name, fixes };
}
