import type { Problem } from '../base/problem.ts';

interface ReadInput {
  readonly path: string;
  readonly packets: number;
  readonly problem?: Problem;
}

/** Whether something the user asked for by name is not there at all; one bad file in a folder or an archive is only told. */
export function missesInput(files: readonly ReadInput[], named: readonly string[]): boolean {
  const read = files.filter(({ problem, packets }) => problem === undefined || packets > 0);
  if (read.length === 0) return true;
  return files.some(
    ({ path, problem, packets }) =>
      problem !== undefined && packets === 0 && named.includes(path) && !read.some((one) => one.path.startsWith(path)),
  );
}
