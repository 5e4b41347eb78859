/** Files that an option or argument names, read whole; what keeps one from being read is said as for captures. */
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

/** `undefined`: something else than text in UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
