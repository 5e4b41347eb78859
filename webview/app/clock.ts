/**
 * One animation-frame loop for everything that counts up; it runs only while somebody listens, and the browser stops
 * it while the panel is hidden.
 */
import { useEffect, useState } from 'preact/hooks';

const STEP_MS = 100;
const listeners = new Set<(nowMs: number) => void>();
let frame: number | undefined;
let lastMs = 0;

function loop(): void {
  const nowMs = Date.now();
  if (Math.abs(nowMs - lastMs) >= STEP_MS) {
    lastMs = nowMs;
    for (const listener of [...listeners]) listener(nowMs);
  }
  frame = listeners.size > 0 ? requestAnimationFrame(loop) : undefined;
}

/** Epoch milliseconds, renewed about ten times a second while `running`. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return undefined;
    listeners.add(setNow);
    frame ??= requestAnimationFrame(loop);
    return () => {
      listeners.delete(setNow);
    };
  }, [running]);
  return now;
}
