import type { Writable } from 'node:stream';

/**
 * Writes to a stream until it fails. Standard output is never destroyed, so it reports an error for each write that
 * comes after the first one that failed; `onFailed` is told once, what is written afterwards is dropped in silence.
 */
export function writerTo(
  stream: Writable,
  onFailed: (error: NodeJS.ErrnoException) => void = () => undefined,
): (text: string) => void {
  let failed = false;
  stream.on('error', (error) => {
    if (failed) return;
    failed = true;
    onFailed(error);
  });
  return (text) => {
    if (!failed) stream.write(text);
  };
}
