import * as l10n from '@vscode/l10n';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { FilterProblem } from '../../../src/core/filter/filterProblem.ts';

/** The field names it as its description. */
export const FILTER_PROBLEM_ID = 'filter-problem';

/** What is wrong with the filter, in words; always there, so that screen readers hear it come. The field underlines the place. */
export function FilterProblemLine({ problem }: { readonly problem: FilterProblem | undefined }) {
  return (
    <div id={FILTER_PROBLEM_ID} class="filter-problem" role="status">
      {problem !== undefined && l10n.t('{0}. The rows stay as they were.', visibleText(problem.detail))}
    </div>
  );
}
