/**
 * The focus is never lost: when what has it goes, or can no longer be used, its neighbour takes it. Chips, notes and buttons that do their
 * work once are gone when they were pressed, and whoever uses keys would begin at the top of the page again. Who removes something and knows
 * a better place says so himself; this looks after all the others.
 */

const STOPS =
  'button, input, textarea, [tabindex="0"], vscode-button, vscode-checkbox, vscode-dropdown, vscode-panel-tab[tabindex="0"]';

/** Looks after everything below `root`, for good. */
export function keepFocus(root: HTMLElement): void {
  let last: HTMLElement | undefined;
  root.addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? target : undefined;
  });
  // Whoever points elsewhere lets go of it himself.
  root.addEventListener('pointerdown', () => (last = undefined), true);
  const changes = new MutationObserver((records) => {
    const { activeElement } = document;
    if (last === undefined || (activeElement !== document.body && activeElement !== last)) return;
    const isThere = root.contains(last);
    if (isThere && !last.hasAttribute('disabled')) {
      // It was moved.
      if (activeElement !== last) last.focus();
      return;
    }
    const place = isThere ? { within: last, before: last.nextSibling } : placeOf(last, records);
    (twin(last, place) ?? neighbour(root, place))?.focus();
  });
  changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}

/** Where something was. */
interface Place {
  readonly within: Node;
  /** What stood behind it. */
  readonly before: Node | null;
}

/** Of what was removed, perhaps with what it stood in. */
function placeOf(gone: Node, records: readonly MutationRecord[]): Place | undefined {
  let place: Place | undefined;
  for (const { target, nextSibling, removedNodes } of records) {
    const inside = place?.within ?? gone;
    if ([...removedNodes].some((node) => node.contains(inside))) place = { within: target, before: nextSibling };
  }
  return place;
}

/** What took its place and is the same to a reader. */
function twin(gone: HTMLElement, place: Place | undefined): HTMLElement | undefined {
  const label = (one: HTMLElement): string => `${one.tagName} ${one.getAttribute('aria-label') ?? one.textContent}`;
  return place?.within instanceof Element ? stopsIn(place.within).find((one) => label(one) === label(gone)) : undefined;
}

/** The next that can have the focus, else the one before it, from as near around as there is one. */
function neighbour(root: HTMLElement, place: Place | undefined): HTMLElement | undefined {
  if (place === undefined) return undefined;
  const { within, before } = place;
  const isBehind = (one: Node): boolean =>
    before?.isConnected === true
      ? before.contains(one) || isAfter(one, before)
      : isAfter(one, within) && !within.contains(one);
  for (let around: Node | null = within; around !== null && root.contains(around); around = around.parentNode) {
    const stops = around instanceof Element ? stopsIn(around) : [];
    const found = stops.find(isBehind) ?? stops.at(-1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stopsIn(element: Element): readonly HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(STOPS)].filter(
    (one) => !one.hasAttribute('disabled') && one.getAttribute('tabindex') !== '-1' && one.getClientRects().length > 0,
  );
}

function isAfter(one: Node, other: Node): boolean {
  return (other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
