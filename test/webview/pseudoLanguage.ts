/**
 * A language that nobody speaks: each text of the panel between marks and some 40 % longer. What stands unmarked was never
 * given to a translator, two marked pieces in one line are a text put together, and what has no room here has none in German.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../scripts/paths.ts';
import { FILTER_FIELDS } from '../../src/core/filter/fields.ts';

const MORE = ' och några ord till som ingen behöver läsa men som tar sin plats på raden'.repeat(5);

/** Before the full stop, so that a sentence still ends as one. */
function longer(text: string): string {
  const end = /[.:…]$/u.exec(text)?.[0] ?? '';
  const length = Math.max(2, Math.round(text.replace(/\{\d+\}/gu, '').length * 0.4) - 2);
  const more = text.includes(' ') ? MORE : MORE.replaceAll(' ', '');
  return `⟦${text.slice(0, text.length - end.length)}${more.slice(0, length).trimEnd()}${end}⟧`;
}

/** Every text by its English one; all forms of a plural. */
export async function pseudoLanguage(): Promise<Readonly<Record<string, string>>> {
  const bundle = await readFile(path.join(repositoryRoot, 'l10n/bundle.l10n.json'), 'utf8');
  const texts = Object.keys(JSON.parse(bundle) as object);
  return Object.fromEntries(texts.map((text) => [text, text.split('|').map(longer).join('|')]));
}

/** What is wrong with the texts of the page and with the room they have: one line a fault. */
export async function textFaults(page: Page): Promise<readonly string[]> {
  const fields = FILTER_FIELDS.flatMap(({ names }) => names);
  return [...(await page.evaluate(wordFaults, fields)), ...(await page.evaluate(roomFaults))];
}

/** Runs in the page: texts that nobody could translate, and texts in pieces. */
function wordFaults(fields: readonly string[]): readonly string[] {
  const TEXT_ATTRIBUTES = [
    'title',
    'aria-label',
    'aria-description',
    'aria-valuetext',
    'placeholder',
    'aria-roledescription',
  ];
  /** Of what the host says, ids: people read words instead of them. */
  const IDS = /^(?:kind|state|level|severity|confidence|role|outcome|column|action|code|rows)$/u;
  const faults = new Set<string>();

  // Data is what the host said, what the user wrote, and the words of the filter language.
  const data: string[] = [...fields];
  const collect = (value: unknown, key = ''): void => {
    if (typeof value === 'string') {
      if (!IDS.test(key) || /[^a-z]/u.test(value)) data.push(value);
    } else if (Array.isArray(value)) for (const one of value) collect(one, key);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) collect(one, name);
  };
  collect(window.gallery?.host.told);
  for (const input of document.querySelectorAll('input, textarea')) data.push((input as HTMLInputElement).value);
  const whole = data.join('\n');
  const words = new Set(whole.split(/[^\p{L}\p{N}]+/u));

  /** A figure with its unit; a name of DNS or of a product: capitals not only at its begin. */
  const isNoWord = (word: string): boolean => /\d/u.test(word) || /.\p{Lu}/u.test(word);
  const plainFault = (plain: string): string | undefined => {
    const text = plain.trim();
    if (whole.includes(text)) return undefined;
    const rest = text.replace(/\d[\d.,]*[\s/]?(?:ns|µs|ms|s|min|h|d|B|kB|MB|GB)(?!\p{L})/gu, '');
    return [...rest.matchAll(/[\p{L}\p{N}]{2,}/gu)]
      .map(([word]) => word)
      .find((word) => !words.has(word) && !isNoWord(word) && !/^p\d\d$/u.test(word));
  };
  const check = (where: () => string, text: string): void => {
    let depth = 0;
    let begin = 0;
    let before: string | undefined;
    /** Signs between two pieces. */
    let between = '';
    const piece = (end: number, isMarked: boolean): void => {
      const one = text.slice(begin, end);
      begin = end;
      if (!isMarked && !/[\p{L}\p{N}]/u.test(one)) {
        between += one;
        return;
      }
      const unknown = isMarked ? undefined : plainFault(one);
      if (unknown !== undefined) faults.add(`not translated, ${where()}: “${unknown}” in “${text.slice(0, 160)}”`);
      const seam = `${before ?? ''}${between}`;
      // Members of a list, a name and what is said of it, and sentences stand in any language one after the other.
      const isApart =
        before === undefined || /[,;:·(→–|=/\n]\s*$|\.⟧?\s*$|…⟧\s*$/u.test(seam) || /^\s*[,;:·.()→–|=/\n]/u.test(one);
      if (!isApart && (isMarked || before?.endsWith('⟧') === true))
        faults.add(`in pieces, ${where()}: “${text.slice(0, 160)}”`);
      before = one;
      between = '';
    };
    for (let at = 0; at < text.length; at++) {
      if (text[at] === '⟦' && depth++ === 0) piece(at, false);
      else if (text[at] === '⟧' && --depth === 0) piece(at + 1, true);
    }
    piece(text.length, false);
  };
  const nameOf = (element: Element): string => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')}`;
  const inlineText = (element: Element): string =>
    [...element.childNodes]
      .map((node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
        if (!(node instanceof Element)) return '';
        return getComputedStyle(node).display === 'inline' ? inlineText(node) : ' · ';
      })
      .join('');
  const walk = (root: ParentNode): void => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.closest('script, style, head') !== null || !element.checkVisibility()) continue;
      for (const attribute of TEXT_ATTRIBUTES) {
        const value = element.getAttribute(attribute) ?? '';
        if (value !== '') check(() => `${attribute} of ${nameOf(element)}`, value);
      }
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '',
      );
      if (hasText) check(() => nameOf(element), inlineText(element));
    }
  };
  walk(document);
  return [...faults];
}

/** Runs in the page: what is cut, what stands over another, and what makes the page wider than its window. */
function roomFaults(): readonly string[] {
  const CONTROLS =
    'button, input, select, textarea, a[href], vscode-button, vscode-dropdown, vscode-checkbox, vscode-panel-tab';
  const FLOATING = '.popover, .combo-list, [role=listbox], [role=menu], [role=dialog], vscode-option';
  interface Box {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  }
  interface Shown extends Box {
    readonly element: Element;
    readonly text: string;
  }
  const faults = new Set<string>();
  const texts: Shown[] = [];
  const controls: Shown[] = [];
  const nameOf = (element: Element, text: string): string =>
    `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${text.slice(0, 60)}”`;
  const parentOf = (element: Element): Element | null =>
    element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
  const isTitled = (element: Element | null, text: string): boolean =>
    element !== null && (element.getAttribute('title')?.includes(text) === true || isTitled(parentOf(element), text));
  /** What the elements around let through of a box, the first that cuts what nobody can scroll to, and whether one has to scroll to see it. */
  const clip = (
    from: Element | null,
    box: Box,
  ): { readonly seen: Box; readonly cutter: Element | undefined; readonly isAway: boolean } => {
    let { left, top, right, bottom } = box;
    let cutter: Element | undefined;
    let canScroll = false;
    for (let one = from; one !== null; one = parentOf(one)) {
      const style = getComputedStyle(one);
      // The grid scrolls its rows by itself.
      canScroll ||= /auto|scroll/u.test(style.overflow) || one.matches('.grid-body, .grid-tools');
      if (style.overflow !== 'visible') {
        const edge = one.getBoundingClientRect();
        const isCut = left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1;
        if (isCut && !canScroll) cutter ??= one;
        left = Math.max(left, edge.left);
        top = Math.max(top, edge.top);
        right = Math.min(right, edge.right);
        bottom = Math.min(bottom, edge.bottom);
      }
      if (style.position === 'fixed') break;
    }
    return { seen: { left, top, right, bottom }, cutter, isAway: canScroll && (right <= left || bottom <= top) };
  };
  /** For screen readers alone. */
  const isUnseen = (element: Element | null): boolean => {
    if (element === null) return false;
    const { width, height } = element.getBoundingClientRect();
    return (
      (width <= 1 && height <= 1 && getComputedStyle(element).position === 'absolute') || isUnseen(parentOf(element))
    );
  };
  /** What a pointer there is at. */
  const pointed = ({ left, right, top, bottom }: Box): Element | null =>
    document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const addText = (element: Element, node: Node): void => {
    const text = (node.textContent ?? '').trim();
    if (text === '' || isUnseen(element)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width <= 1) continue;
      const { seen, cutter, isAway } = clip(element, rect);
      if (isAway) continue;
      const isEnded =
        cutter !== undefined &&
        getComputedStyle(cutter).textOverflow === 'ellipsis' &&
        (isTitled(element, text) || isTitled(pointed(seen), text));
      if (cutter !== undefined && !isEnded && text.includes('⟧'))
        faults.add(`cut: ${nameOf(element, text)} by ${nameOf(cutter, '')}`);
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1) texts.push({ element, text, ...seen });
    }
  };
  const walk = (root: ParentNode): void => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.closest('script, style, head') !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (element.matches(CONTROLS) && box.width > 0 && box.height > 0) {
        const { seen, cutter } = clip(parentOf(element), box);
        const text = element.getAttribute('aria-label') ?? element.textContent.trim();
        if (cutter !== undefined) faults.add(`cut: ${nameOf(element, text)} by ${nameOf(cutter, '')}`);
        if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1 && root === document)
          controls.push({ element, text, ...seen });
      }
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) addText(element, node);
    }
  };
  walk(document);

  for (const { element, text, left, right } of [...texts, ...controls])
    if (right > innerWidth + 1 || left < -1) faults.add(`out of the window: ${nameOf(element, text)}`);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.add(`the page is ${String(scrollWidth)} px wide`);

  const layer = (element: Element): Element | null =>
    element.closest(FLOATING) ?? (element.getRootNode() as Partial<ShadowRoot>).host?.closest(FLOATING) ?? null;
  /** Nothing that floats or sticks covers it. */
  const isOnTop = (shown: Shown): boolean => {
    const { element } = shown;
    const hit = pointed(shown);
    return hit !== null && (hit.contains(element) || element.contains(hit) || element.getRootNode() !== document);
  };
  const isWithin = (inner: Box, outer: Box): boolean =>
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
  for (const shown of [texts, controls])
    for (const [at, one] of shown.entries())
      for (const other of shown.slice(at + 1)) {
        if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
        if (layer(one.element) !== layer(other.element)) continue;
        // A button upon a card that is one itself.
        if (shown === controls && (isWithin(one, other) || isWithin(other, one))) continue;
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > 2 && high > 3 && (isOnTop(one) || isOnTop(other)))
          faults.add(`over each other: ${nameOf(one.element, one.text)} and ${nameOf(other.element, other.text)}`);
      }
  return [...faults];
}
