import { type Rule, shown } from './rule.ts';

/** A pattern that matches no file: CoreDNS logs a warning and goes on without it. */
export const importWithoutMatch: Rule = {
  code: 'CF115',
  title: 'Import matches no file',
  *check({ model }) {
    for (const { keyword, argument } of model.corefile.unmatchedImports) {
      yield {
        severity: 'hint',
        message: `No file matches ${shown(argument?.text ?? '')}: CoreDNS logs a warning and goes on. Add a file, one that holds only a comment will do`,
        at: argument ?? keyword,
      };
    }
  },
};
