import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';

/** A text of the cluster that an edit was made from. */
export interface EditBase {
  readonly text: string;
  readonly resourceVersion: string;
}

const KEY = 'dnscope.editBases';
const MOST = 50;

/**
 * What each live file was last read as. An unsaved edit outlives a reload of the window, and VS Code brings it back without
 * reading the file: of that text only a hash is kept meanwhile (a Corefile may hold a secret), and the text in the cluster
 * takes its place when it has the same.
 */
export class EditBases {
  readonly #memory: vscode.Memento;
  readonly #read = new Map<string, EditBase>();

  /** @param memory of this workspace */
  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  of(uri: vscode.Uri): EditBase | undefined {
    return this.#read.get(String(uri));
  }

  /** After a reload of the window: the cluster's text, if it is still the one that the edit was made from. */
  restored(uri: vscode.Uri, now: EditBase): EditBase | undefined {
    if (this.#kept().find(([key]) => key === String(uri))?.[1] !== hashOf(now.text)) return undefined;
    const base = { text: now.text, resourceVersion: now.resourceVersion };
    this.#read.set(String(uri), base);
    return base;
  }

  keep(uri: vscode.Uri, base: EditBase): void {
    const key = String(uri);
    this.#read.set(key, base);
    const hash = hashOf(base.text);
    const kept = this.#kept();
    if (kept.some(([one, other]) => one === key && other === hash)) return;
    this.#write([...kept.filter(([one]) => one !== key), [key, hash] as const].slice(-MOST));
  }

  forget(uri: vscode.Uri): void {
    const key = String(uri);
    this.#read.delete(key);
    const kept = this.#kept();
    if (kept.some(([one]) => one === key)) this.#write(kept.filter(([one]) => one !== key));
  }

  #kept(): readonly (readonly [string, string])[] {
    const kept: unknown = this.#memory.get(KEY);
    return Array.isArray(kept) ? kept.filter(isPair) : [];
  }

  /** Losing it costs one more look before a save. */
  #write(kept: readonly (readonly [string, string])[]): void {
    void this.#memory.update(KEY, kept).then(undefined, () => undefined);
  }
}

const isPair = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
