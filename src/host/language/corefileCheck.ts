import { lintCorefile, type LintResult } from '../../core/corefile/lint.ts';
import { upstreamsOf } from '../../core/corefile/model.ts';
import type { CorefileSummary } from '../views/treeNode.ts';

/** Checks one text at a time and keeps the last answer: tree, document and Problems ask for the same text. */
export class CorefileCheck {
  #text: string | undefined;
  #result: LintResult | undefined;

  lint(text: string): LintResult {
    if (this.#result === undefined || this.#text !== text) {
      this.#result = lintCorefile(text, { file: 'Corefile' });
      this.#text = text;
    }
    return this.#result;
  }

  facts(text: string): CorefileSummary {
    const { diagnostics, model } = this.lint(text);
    return {
      errors: diagnostics.filter((one) => one.severity === 'error').length,
      warnings: diagnostics.filter((one) => one.severity === 'warning').length,
      resolverFiles: upstreamsOf(model).flatMap(({ from, to, line }) =>
        'file' in to ? [{ file: to.file, zone: from, line }] : [],
      ),
    };
  }
}
