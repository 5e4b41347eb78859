/**
 * The only place that shows messages. A message says what happened and what to do; the log holds the rest. Problems that
 * repeat (a watch that cannot connect) belong in the tree, not here.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Problem, toProblem } from '../base/problem.ts';
import type { Log } from './log.ts';

/** Texts of problems come from clusters and files: one line, bounded, so that a message stays a message. */
const MESSAGE_LIMIT = 600;

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

/** @param report a message, and how many of 100 percent were gained */
export type ProgressTask<T> = (
  signal: AbortSignal,
  report: (message: string, increment?: number) => void,
) => Promise<T>;

export class Notifier {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Offers the choices and [Show Log]. Resolves with the value chosen, at once when nothing is awaited by the caller. */
  async problem<T>(problem: Problem, choices: readonly Choice<T>[] = []): Promise<T | undefined> {
    this.#log.error(`${problem.code}: ${sentence(problem)}`);
    return this.#show(vscode.window.showErrorMessage, sentence(problem), choices, true);
  }

  async warn<T>(text: string, choices: readonly Choice<T>[] = []): Promise<T | undefined> {
    this.#log.warn(text);
    return this.#show(vscode.window.showWarningMessage, text, choices, false);
  }

  async info<T>(text: string, choices: readonly Choice<T>[] = []): Promise<T | undefined> {
    this.#log.info(text);
    return this.#show(vscode.window.showInformationMessage, text, choices, false);
  }

  /** A modal question. `undefined` is Cancel. */
  async ask<T>(question: string, detail: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
    const labels = choices.map((choice) => choice.label);
    const picked = await vscode.window.showInformationMessage(oneLine(question), { modal: true, detail }, ...labels);
    return choices.find((choice) => choice.label === picked)?.value;
  }

  /** A modal question before something that interrupts others. */
  async confirm(question: string, detail: string, action: string): Promise<boolean> {
    return (await vscode.window.showWarningMessage(oneLine(question), { modal: true, detail }, action)) === action;
  }

  /** Runs the task under a progress message with Cancel. A failure is shown and gives `undefined`, a cancel too. */
  async progress<T>(title: string, task: ProgressTask<T>): Promise<T | undefined> {
    return this.run(title, async (signal, report) => {
      try {
        return await task(signal, report);
      } catch (error) {
        if (!signal.aborted) void this.problem(toProblem(error, 'unexpected'));
        return undefined;
      }
    });
  }

  /** The same for callers that tell a failure themselves: it rejects as the task does. */
  async run<T>(title: string, task: ProgressTask<T>): Promise<T> {
    const controller = new AbortController();
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const listening = token.onCancellationRequested(() => controller.abort());
        try {
          return await task(controller.signal, (message, increment) =>
            progress.report({ message: oneLine(message), ...(increment === undefined ? {} : { increment }) }),
          );
        } finally {
          listening.dispose();
        }
      },
    );
  }

  /** For work nobody waits for: a failure is shown, never lost. */
  guard<T>(work: Promise<T>): Promise<T | undefined> {
    return work.catch(async (error: unknown) => {
      if (error instanceof Error) this.#log.debug(error.stack ?? error.message);
      void this.problem(toProblem(error, 'unexpected'));
      return undefined;
    });
  }

  async #show<T>(
    show: (text: string, ...items: string[]) => Thenable<string | undefined>,
    text: string,
    choices: readonly Choice<T>[],
    offerLog: boolean,
  ): Promise<T | undefined> {
    const labels = choices.map((choice) => choice.label);
    const showLog = l10n.t('Show Log');
    const picked = await show(oneLine(text), ...labels, ...(offerLog ? [showLog] : []));
    if (picked === showLog) this.#log.show();
    return choices.find((choice) => choice.label === picked)?.value;
  }
}

/** `What happened. What to do.` */
export function sentence(problem: Problem): string {
  return problem.recover === undefined ? problem.detail : `${problem.detail}. ${problem.recover}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT - 1)}…` : line;
}
