const two = (value: number): string => String(value).padStart(2, '0');
const DAY_MS = 86_400_000;

/**
 * Local time of day below the axis, as fine as the ticks are apart; with its date where days are told apart.
 *
 * @param ms epoch
 * @param tickMs from one tick to the next
 */
export function axisTime(ms: number, tickMs: number): string {
  const date = new Date(ms);
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (tickMs >= DAY_MS) return day;
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (tickMs >= 3_600_000 && date.getHours() === 0) return day;
  if (tickMs >= 60_000) return minutes;
  const seconds = `${minutes}:${two(date.getSeconds())}`;
  return tickMs >= 1000 ? seconds : `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
