import type { ParseProblem } from '../tree.ts';
import { type Rule, shown } from './rule.ts';

/** A snippet that is declared twice, imports itself, or has no braces. */
export const snippetProblem: Rule = {
  code: 'CF116',
  title: 'Snippet is not usable',
  *check({ model }) {
    for (const problem of model.corefile.problems) {
      const message = messageOf(problem);
      if (message !== undefined) yield { severity: 'error', message, at: problem.token };
    }
  },
};

function messageOf({ kind, detail = '' }: ParseProblem): string | undefined {
  switch (kind) {
    case 'snippet-redeclared':
      return `Snippet (${shown(detail)}) is declared a second time, CoreDNS stops here. Rename or remove one`;
    case 'import-depth':
      return `Snippet (${shown(detail)}) imports itself, directly or through others. Remove that import`;
    case 'missing-open':
      return `Snippet (${shown(detail)}) has no "{" behind its name. Put its lines in braces`;
    default:
      return undefined;
  }
}
