import { environmentReferences } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';
import { optionsNamed, stanzasOf } from './pluginStanzas.ts';
import type { Rule } from './rule.ts';

/** Option, and which of its words is the secret. */
const SECRETS: readonly (readonly [plugin: string, option: string, word: number, instead: string])[] = [
  ['route53', 'aws_access_key', 1, 'the environment or a role of the node'],
  ['azure', 'secret', 0, 'an environment variable: {$AZURE_SECRET}'],
  ['tsig', 'secret', 1, 'a file that only CoreDNS reads: secrets FILE'],
  ['etcd', 'credentials', 1, 'an environment variable: {$ETCD_PASSWORD}'],
  ['nomad', 'token', 0, 'the environment variable NOMAD_TOKEN'],
];

/** Who may read ConfigMaps reads it, and so does who sees the repository. The secret itself is never in the message. */
export const secretInText: Rule = {
  code: 'CF702',
  title: 'Secret stands in the Corefile',
  *check(context) {
    for (const [plugin, option, word, instead] of SECRETS) {
      for (const { stanza } of stanzasOf(context, plugin)) {
        for (const { name, args } of optionsNamed(context, stanza, option)) {
          if (!isSecret(args[word])) continue;
          yield {
            severity: 'warning',
            message: `Everybody who may read this file or its ConfigMap can read the secret in ${plugin} ${option}. Take it from ${instead}`,
            at: name,
          };
        }
      }
    }
  },
};

export function isSecret(token: CorefileToken | undefined): boolean {
  return token !== undefined && token.text !== '' && environmentReferences(token.text).length === 0;
}
