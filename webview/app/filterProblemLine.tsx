import { visibleText } from '../../src/base/visibleText.ts';
import type { FilterProblem } from '../../src/core/filter/filterProblem.ts';

/** As much of the filter as shows where its problem is. */
const AROUND = 24;

/** What is wrong with the filter, with the place underlined; always there, so that screen readers hear it come. */
export function FilterProblemLine({
  filter,
  problem,
}: {
  readonly filter: string;
  readonly problem: FilterProblem | undefined;
}) {
  return (
    <div class="filter-problem" role="status">
      {problem !== undefined && (
        <>
          <code class="filter-problem-place" aria-hidden="true">
            {problem.start > AROUND && '…'}
            {visibleText(filter.slice(Math.max(0, problem.start - AROUND), problem.start))}
            <span class="filter-problem-mark">{visibleText(filter.slice(problem.start, problem.end)) || '\u00a0'}</span>
            {visibleText(filter.slice(problem.end, problem.end + AROUND))}
            {problem.end + AROUND < filter.length && '…'}
          </code>
          <span>{visibleText(problem.detail)}. The rows stay as they were.</span>
        </>
      )}
    </div>
  );
}
