/** The log as everything here writes it: VS Code's output channel, whose last lines are remembered for "Copy Diagnostics". */
export interface Log {
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
  show(): void;
}

export type LogLevel = 'error' | 'warn' | 'info';

export interface LogLine {
  readonly time: Date;
  readonly level: LogLevel;
  readonly text: string;
}

const MOST_LINES = 100;
const LONGEST = 1000;

export class RememberedLog implements Log {
  readonly #channel: Log;
  readonly #lines: LogLine[] = [];

  constructor(channel: Log) {
    this.#channel = channel;
  }

  /** The latest, oldest first; details for developers are not among them. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  error(text: string): void {
    this.#remember('error', text);
    this.#channel.error(text);
  }

  warn(text: string): void {
    this.#remember('warn', text);
    this.#channel.warn(text);
  }

  info(text: string): void {
    this.#remember('info', text);
    this.#channel.info(text);
  }

  debug(text: string): void {
    this.#channel.debug(text);
  }

  show(): void {
    this.#channel.show();
  }

  #remember(level: LogLevel, text: string): void {
    this.#lines.push({ time: new Date(), level, text: text.slice(0, LONGEST) });
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }
}
