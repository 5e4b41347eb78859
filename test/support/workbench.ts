import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { outFolder } from '../../scripts/paths.ts';

const THEMES = {
  dark: { label: 'Dark Modern', kind: 'vs-dark' },
  light: { label: 'Light Modern', kind: 'vs' },
  contrast: { label: 'Dark High Contrast', kind: 'hc-black' },
} as const;

/** What one sees and does in the VS Code window. Selectors are the workbench's own class names; they live here alone. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    // What the manifest brings comes once the remote host is connected: until then a capture that is clicked opens as text.
    await this.page.locator('.activitybar .action-label[aria-label^="DNS"]').first().waitFor({ timeout: 60_000 });
  }

  /** As a user reloads it: the window keeps what it has open, which a plain reload of the page may come too early for. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Runs a command by its whole palette title, `DNS: Trace DNS for Pod…`. */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickRow(title);
    // The extension's commands arrive with its manifest; until then the palette says that nothing matches.
    await this.#until(async () => {
      // A webview that has just closed may have taken the focus with it, and keys then reach nobody.
      await this.page.locator('.part.titlebar .titlebar-drag-region').click();
      await this.page.keyboard.press('F1');
      const input = this.quickPick.locator('input.input');
      if (!(await appears(input, 2000))) return false;
      // A message that comes up in between may have closed it again.
      const isTyped = await input.fill(`>${title}`, { timeout: 2000 }).then(
        () => true,
        () => false,
      );
      return isTyped && appears(row, 2000);
    }, `command ${title}`);
    await row.click();
  }

  /** A row of the open QuickPick by part of its label. */
  quickPickRow(text: string): Locator {
    return this.page.locator('.quick-input-widget .monaco-list-row', { hasText: text }).first();
  }

  get quickPick(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  async quickPickTitle(): Promise<string> {
    return this.quickPick.locator('.quick-input-title').innerText();
  }

  /** All rows on screen, label and description together. */
  async quickPickRows(): Promise<readonly string[]> {
    await this.quickPick.locator('.monaco-list-row').first().waitFor();
    return this.quickPick.locator('.monaco-list-row').allInnerTexts();
  }

  async pick(text: string): Promise<void> {
    const row = this.quickPickRow(text);
    await row.waitFor({ timeout: 30_000 });
    await row.click();
  }

  async typeInQuickInput(text: string): Promise<void> {
    const input = this.quickPick.locator('input.input');
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Answers a save dialog with a path, once it has made its own proposal: what is typed before that is lost. */
  async answerSave(file: string): Promise<void> {
    const input = this.quickPick.locator('input.input');
    await this.page.waitForFunction((extension) => {
      const field = document.querySelector<HTMLInputElement>('.quick-input-widget input.input');
      return field?.value.endsWith(extension) === true;
    }, path.extname(file));
    // The dialog takes Enter only once it has looked at the folder, and may put its proposal back until then. A live
    // panel may hold the keyboard, so the key goes to the field itself.
    await this.#until(async () => {
      if (!(await input.isVisible())) return true;
      await input.fill(file);
      await input.press('Enter');
      return vanishes(this.quickPick, 1000);
    }, `the end of the dialog for ${file}`);
  }

  // ---- dialogs and messages

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async dialogText(timeout = 60_000): Promise<string> {
    await this.dialog.waitFor({ timeout });
    return this.dialog.innerText();
  }

  async answerDialog(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
  }

  message(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  async answerMessage(text: string, button: string): Promise<void> {
    await this.message(text).getByRole('button', { name: button }).click();
  }

  // ---- tree

  async showView(container: string): Promise<void> {
    const label = this.page.locator(`.action-label[aria-label^="${container}"]`);
    const tab = this.page.locator('.activitybar [role="tab"]').filter({ has: label });
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
  }

  /** A row of the side bar's tree by the text of its label. */
  treeRow(text: string): Locator {
    return this.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
  }

  async treeRows(): Promise<readonly string[]> {
    return (await this.page.locator('.sidebar .monaco-list-row').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' ').trim(),
    );
  }

  async expand(text: string): Promise<void> {
    const row = this.treeRow(text);
    await row.waitFor({ timeout: 30_000 });
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** Chooses an entry of a row's context menu. */
  async contextMenu(row: Locator, entry: string): Promise<void> {
    const item = this.page.locator('.context-view .action-item', { hasText: entry }).first();
    await this.#chooseFrom(item, () => row.click({ button: 'right' }));
  }

  /** Takes a quick fix for what stands at the cursor. */
  async quickFix(title: string): Promise<void> {
    const item = this.page.locator('.action-widget .monaco-list-row', { hasText: title });
    await this.#chooseFrom(item, () => this.page.keyboard.press('Control+.'));
  }

  /**
   * Menus hold what applied when they were opened: one that was opened too early is opened again. They take no click in their first tenth of
   * a second, against one that was meant for what lay below: they stay open then, and are clicked again.
   */
  async #chooseFrom(item: Locator, open: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await open();
      try {
        await item.waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        if (attempt === 12) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    const isGone = (): Promise<boolean> =>
      item.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
    await this.#until(async () => {
      await item.click({ timeout: 2000 }).catch(() => undefined);
      return isGone();
    }, 'the menu closes');
  }

  /** Clicks an inline action of a row by its name. */
  async inlineAction(row: Locator, name: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name }).click();
  }

  // ---- editors

  /** The document inside the webview of the editor in front. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('#active-frame');
  }

  /** The trace panel in front. */
  get panel(): TracePanelView {
    return new TracePanelView(this.webview());
  }

  editorTab(title: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: title }).first();
  }

  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget input.input').fill(name);
    await this.pick(name);
  }

  /** Puts `text` in place of a line of the editor in front, behind its indentation; the line is found by what it holds. */
  async replaceLine(holding: string, text: string): Promise<void> {
    await this.page.locator('.editor-instance .view-line', { hasText: holding }).first().click();
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Shift+End');
    await this.page.keyboard.insertText(text);
  }

  get statusBar(): Locator {
    return this.page.locator('.part.statusbar');
  }

  /** The Problems view's rows. */
  async problems(): Promise<readonly string[]> {
    await this.runCommand('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    await rows.first().waitFor({ timeout: 30_000 });
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Writes out/screenshots/NAME.png. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(outFolder, 'screenshots', `${name}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Switches the theme and waits until the window is drawn in it. */
  async setTheme(theme: keyof typeof THEMES): Promise<void> {
    const { label, kind } = THEMES[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.quickPick.locator('input.input').fill(label);
    await this.pick(label);
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  async #until(attempt: () => Promise<boolean>, what: string): Promise<void> {
    for (let tries = 0; tries < 45; tries++) if (await attempt()) return;
    throw new Error(`Not seen in the window: ${what}`);
  }
}

/** The trace panel's own words, by the roles it gives its parts. */
export class TracePanelView {
  readonly frame: FrameLocator;

  constructor(frame: FrameLocator) {
    this.frame = frame;
  }

  get verdict(): Locator {
    return this.frame.locator('.verdict-text');
  }

  /** Rows that hold all these texts. */
  rows(...texts: readonly string[]): Locator {
    return texts.reduce(
      (rows, text) => rows.filter({ hasText: text }),
      this.frame.locator('[role="treegrid"] .grid-body [role="row"]'),
    );
  }

  /** The field in which filters are typed. */
  get filter(): Locator {
    return this.frame.locator('.toolbar .combo-input');
  }

  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name: new RegExp(`^${name}`) });
  }
}

async function vanishes(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ state: 'hidden', timeout }).then(
    () => true,
    () => false,
  );
}

async function appears(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}
