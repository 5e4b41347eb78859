/** What a turn of the wheel means over a time chart: nearer and farther, or sideways with Shift and by a touchpad. */

/** A notch of a common mouse: nearer by half again. */
const NOTCH_PX = 100;
const NOTCH_FACTOR = 1.5;
/** A pinch comes as turns with Ctrl that are far smaller. */
const PINCH = 8;
const LINE_PX = 33;
/** A wheel that runs free turns far at once. */
const MOST_NOTCHES = 4;

export type WheelMove =
  | { readonly kind: 'zoom'; readonly factor: number }
  /** Of what is shown, to later times. */
  | { readonly kind: 'pan'; readonly share: number };

export type WheelTurn = Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** @param width of the plot, CSS pixels */
export function wheelMove(turn: WheelTurn, width: number): WheelMove | undefined {
  const unit = turn.deltaMode === 0 ? 1 : turn.deltaMode === 1 ? LINE_PX : width;
  const [x, y] = [turn.deltaX * unit, turn.deltaY * unit];
  const isSideways = turn.shiftKey || Math.abs(x) > Math.abs(y);
  if (isSideways) {
    const by = Math.abs(x) > Math.abs(y) ? x : y;
    return by === 0 || width <= 0 ? undefined : { kind: 'pan', share: Math.max(-1, Math.min(by / width, 1)) };
  }
  if (y === 0) return undefined;
  const isPinch = turn.ctrlKey && Math.abs(y) < NOTCH_PX / 2;
  const notches = (-y * (isPinch ? PINCH : 1)) / NOTCH_PX;
  return { kind: 'zoom', factor: NOTCH_FACTOR ** Math.max(-MOST_NOTCHES, Math.min(notches, MOST_NOTCHES)) };
}
