import * as vscode from 'vscode';
import { type DisposableLike, disposeAll, toDisposable } from '../../base/disposable.ts';
import type { Notifier } from '../notify.ts';
import type { CommandHandlers } from './ids.ts';

/** Registers all of them; a failure of any is shown once, here, and never thrown at VS Code. */
export function registerCommands(handlers: CommandHandlers, notify: Notifier): DisposableLike {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, (...args: unknown[]) =>
      notify.guard(Promise.resolve().then(() => (handler as (...values: unknown[]) => unknown)(...args))),
    ),
  );
  return toDisposable(() => disposeAll(registered));
}
