/** A walk with keys alone: after each step the focus is where it should be, in view, and can be seen. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually, type GalleryPage } from './galleryPage.ts';

export type Role = Parameters<Page['getByRole']>[0];

export class KeyWalk {
  readonly shown: GalleryPage;
  readonly page: Page;

  constructor(shown: GalleryPage) {
    this.shown = shown;
    this.page = shown.page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Found only while that has the focus. */
  #focused(role: Role, name: string | RegExp): Locator {
    const named = this.page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name });
    return named.and(this.page.locator(':focus'));
  }

  /** What has the focus is that; it is in view, and one can see that it has the focus. */
  async at(role: Role, name: string | RegExp): Promise<Locator> {
    const { page } = this;
    const target = this.#focused(role, name);
    await eventually(async () => {
      assert.equal(await target.count(), 1, `the focus is on ${await this.name()}, not on ${role} ${String(name)}`);
      assert.equal(await page.evaluate(hiddenFocus), '', `${role} ${String(name)}`);
    });
    return target;
  }

  /** Goes on with Tab (or back) until that has the focus; each stop on the way can be seen. */
  async tabTo(role: Role, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const target = this.#focused(role, name);
    const way: string[] = [];
    for (let step = 0; step < 80; step++) {
      await this.press(key);
      if ((await target.count()) > 0) {
        await this.at(role, name);
        return;
      }
      way.push(await this.name());
    }
    assert.fail(`${role} ${String(name)} is not on the way of ${key}: ${way.join(', ')}`);
  }

  /** Role and name of what has the focus, as a screen reader has them. */
  async name(): Promise<string> {
    if (await this.page.evaluate(() => document.activeElement === document.body)) return 'nothing';
    const text = await this.page.locator(':focus').last().ariaSnapshot();
    return /^- '?(\w+(?: "(?:[^"\\]|\\.)*")?)/u.exec(text)?.[1] ?? text;
  }

  /** All stops of Tab from the page's start to its end. */
  async stops(): Promise<readonly string[]> {
    const stops: string[] = [];
    for (let step = 0; step < 100; step++) {
      await this.press('Tab');
      const name = await this.name();
      if (name === 'nothing') return stops;
      assert.equal(await this.page.evaluate(hiddenFocus), '', name);
      stops.push(name);
    }
    return assert.fail(`there is no end: ${stops.join(', ')}`);
  }
}

/** In the page: what is wrong with how the focus looks; empty when it is in view and stands out. */
function hiddenFocus(): string {
  let focused = document.activeElement;
  if (focused === null || focused === document.body) return 'nothing has the focus';
  const around: Element[] = [focused];
  while (focused.shadowRoot?.activeElement) around.push((focused = focused.shadowRoot.activeElement));
  const isFolded = focused.getAttribute('aria-expanded') === 'false';
  const active = isFolded ? null : focused.getAttribute('aria-activedescendant');
  const item = active === null ? null : document.getElementById(active);
  if (active !== null && item === null) return `${active} is not there`;
  const box = (item ?? focused).getBoundingClientRect();
  const isInView =
    box.width > 0 &&
    box.height > 0 &&
    box.right > 0 &&
    box.bottom > 0 &&
    box.left < innerWidth &&
    box.top < innerHeight;
  if (!isInView) return `not in view: ${JSON.stringify(box)}`;
  const combo = focused.closest('.combo');
  if (item !== null) around.push(item);
  if (combo !== null) around.push(combo);
  const host = around[0];
  if (host?.shadowRoot) around.push(...host.shadowRoot.querySelectorAll('*'));
  const names = ['focusBorder', 'list-focusOutline', 'list-focusAndSelectionOutline', 'contrastActiveBorder'];
  names.push('sash-hoverBorder', 'menu-selectionBackground', 'list-activeSelectionBackground');
  const probe = document.createElement('span');
  document.body.append(probe);
  const colours = names.flatMap((name) => {
    probe.style.color = '';
    probe.style.color = `var(--vscode-${name}, transparent)`;
    const { color } = getComputedStyle(probe);
    return color === 'rgba(0, 0, 0, 0)' ? [] : [color];
  });
  probe.remove();
  const stands = around.some((element) =>
    [undefined, '::after', '::before'].some((pseudo) => {
      const style = getComputedStyle(element, pseudo);
      const { outlineStyle, outlineColor, borderTopColor, borderBottomColor, boxShadow, backgroundColor } = style;
      const own = [outlineStyle === 'none' ? '' : outlineColor, borderTopColor, borderBottomColor, backgroundColor];
      return colours.some((colour) => own.includes(colour) || boxShadow.includes(colour));
    }),
  );
  return stands ? '' : `nothing shows that ${focused.tagName.toLowerCase()} has the focus`;
}
