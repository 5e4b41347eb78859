import { type DisposableLike, toDisposable } from '../base/disposable.ts';

/** Ctrl-C or a request to end. While one handler is there, the process does not end by itself. */
export function onInterrupt(handler: () => void): DisposableLike {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handler);
  return toDisposable(() => {
    for (const signal of signals) process.off(signal, handler);
  });
}
