import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';

export function dnscope(): vscode.Extension<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('dnscope.dnscope');
  if (extension === undefined) throw new Error('DNScope is not installed in this VS Code');
  return extension;
}

/** Resolves once `probe` gives something; asked again at each event. */
export function when<T>(event: vscode.Event<unknown>, probe: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const look = (): void => {
      const value = probe();
      if (value === undefined) return;
      listening.dispose();
      resolve(value);
    };
    const listening = event(look);
    look();
  });
}
