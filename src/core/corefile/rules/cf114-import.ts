import type { ParseProblem } from '../tree.ts';
import { type Rule, shown } from './rule.ts';

/** An `import` that CoreDNS can't follow whatever the folder holds, or whose file is known to be missing. */
export const importProblem: Rule = {
  code: 'CF114',
  title: 'Import is not usable',
  *check({ model }) {
    for (const problem of model.corefile.problems) {
      const message = messageOf(problem);
      if (message !== undefined) yield { severity: 'error', message, at: problem.at ?? problem.token };
    }
  },
};

function messageOf({ kind, detail = '', at }: ParseProblem): string | undefined {
  switch (kind) {
    case 'import-arguments':
      return at === undefined
        ? 'import needs one argument on its line: a file, a pattern or a snippet. Name it'
        : `import takes one argument only, ${shown(at.text)} is one too many. Write one import per line`;
    case 'import-empty':
      return 'import needs a file, a pattern or a snippet, this one is empty. Name it';
    case 'import-pattern':
      return `import allows one "*" and one "?" and no "[ ]" in a pattern, ${shown(detail)} has more. Write several imports`;
    case 'import-missing':
      return `There is neither a snippet nor a file ${shown(detail)}. Correct the name, or define the snippet above this line`;
    default:
      return undefined;
  }
}
