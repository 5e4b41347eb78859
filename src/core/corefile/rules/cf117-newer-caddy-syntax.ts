import { environmentReferences } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';
import { type Finding, type Rule, replaceToken, shown } from './rule.ts';

const ARGUMENT = /\{(?:args[.[][^{}]*|block)\}/u;
const ENVIRONMENT = /\{env\.(\w+)\}/gu;

/** What Caddy 2 reads and CoreDNS, whose syntax is that of Caddy 1, doesn't. */
export const newerCaddySyntax: Rule = {
  code: 'CF117',
  title: 'Syntax of Caddy 2',
  *check({ model }) {
    const seen = new Set<CorefileToken>();
    for (const item of model.corefile.items) {
      if (item.kind !== 'snippet') continue;
      for (const token of item.tokens) if (token.file !== '') seen.add(token);
    }
    for (const token of [...model.corefile.tokens, ...seen]) {
      if (!token.text.includes('{') || token.text.length < 4) continue;
      const finding = judge(token);
      if (finding !== undefined) yield finding;
    }
  },
};

function judge(token: CorefileToken): Finding | undefined {
  const argument = ARGUMENT.exec(token.text)?.[0];
  if (argument !== undefined) {
    const message = `Snippets of a Corefile take no arguments: ${shown(argument)} stays as it is. Write the value in its place`;
    return { severity: 'warning', message, at: token };
  }
  const withDefault = environmentReferences(token.text).find(({ name }) => name.includes(':'))?.name;
  if (withDefault !== undefined) {
    const message = `CoreDNS knows no default for a variable: this reads one named ${shown(withDefault)}, as a rule empty. Set the variable, and write its name alone`;
    return { severity: 'warning', message, at: token };
  }
  if (!token.text.includes('{env.')) return undefined;
  const newText = token.text.replace(ENVIRONMENT, '{$$$1}');
  if (newText === token.text) return undefined;
  const message = `CoreDNS leaves ${shown(token.text)} as it is. Variables are written {$NAME}`;
  const fixes =
    token.quoted || token.file !== ''
      ? []
      : [{ title: `Write ${shown(newText)}`, edits: [replaceToken(token, newText)] }];
  return { severity: 'warning', message, at: token, fixes };
}
