/** A file that an option names, read whole; what keeps it from being read is said as for captures. */
import { ProblemError } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import { readProblem } from '../io/input/captureSource.ts';
import type { CliIo } from './io.ts';

/** @throws ProblemError that names the file and says what to do */
export async function readGivenFile(path: string, io: Pick<CliIo, 'readFile'>): Promise<Uint8Array> {
  try {
    return await io.readFile(path);
  } catch (error) {
    throw new ProblemError(readProblem(visibleText(path), error));
  }
}
