/**
 * Runs a pattern over a text in one pass: sets of program steps are made into states of a deterministic automaton when a
 * character first leads to them, so a known way costs one look-up a character. The automaton is dropped when it has grown to
 * {@link MOST_STATES} states and grows anew; a text of n characters costs at most n × steps of the program, whatever the pattern.
 */
import { Step, SYMBOLS, symbolOf, type RegexProgram } from './regex.ts';

const MOST_STATES = 500;
const UNKNOWN = -1;

interface AutomatonState {
  readonly steps: readonly number[];
  /** By symbol; UNKNOWN where nobody came by yet. */
  readonly to: Int32Array;
  /** A match ends here already. */
  readonly matched: boolean;
  /** A match ends here if the text does. */
  readonly matchedAtEnd: boolean;
}

export class Pattern {
  /** As written, for completion and printing. */
  readonly source: string;
  readonly #program: RegexProgram;
  readonly #states: AutomatonState[] = [];
  readonly #known = new Map<string, number>();
  readonly #seen: Uint8Array;

  constructor(source: string, program: RegexProgram) {
    this.source = source;
    this.#program = program;
    this.#seen = new Uint8Array(program.op.length);
    this.#restart();
  }

  /** Whether the pattern matches somewhere in the text. */
  test(text: string): boolean {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      if (this.#states[state]!.matched) return true;
      const symbol = symbolOf(text, at);
      const known = this.#states[state]!.to[symbol]!;
      state = known === UNKNOWN ? this.#follow(state, symbol) : known;
    }
    return this.#states[state]!.matchedAtEnd;
  }

  #restart(): void {
    this.#states.length = 0;
    this.#known.clear();
    this.#add(this.#closure([this.#program.op.length - 1], true, false));
  }

  #follow(from: number, symbol: number): number {
    const { next, symbols } = this.#program;
    const { steps, to } = this.#states[from]!;
    const reached = steps.filter((step) => symbols[step]?.[symbol] === 1).map((step) => next[step]!);
    // A match may begin at any character.
    const closed = this.#closure([...reached, this.#program.op.length - 1], false, false);
    const known = this.#known.get(closed.join());
    if (known !== undefined) {
      to[symbol] = known;
      return known;
    }
    if (this.#states.length >= MOST_STATES) {
      this.#restart();
      return this.#add(closed);
    }
    const added = this.#add(closed);
    to[symbol] = added;
    return added;
  }

  #add(steps: readonly number[]): number {
    const { op } = this.#program;
    const matched = steps.some((step) => op[step] === Step.match);
    const first = this.#states.length === 0;
    const ended = matched || this.#closure(steps, first, true).some((step) => op[step] === Step.match);
    // The beginning is a state of its own: nothing leads back to it.
    if (!first) this.#known.set(steps.join(), this.#states.length);
    const to = new Int32Array(SYMBOLS).fill(UNKNOWN);
    return this.#states.push({ steps, to, matched, matchedAtEnd: ended }) - 1;
  }

  /** Steps that are reached without reading on, in order: only those that read, wait for the end or match. */
  #closure(from: readonly number[], atBegin: boolean, atEnd: boolean): readonly number[] {
    const { op, next, other } = this.#program;
    const seen = this.#seen.fill(0);
    const open = [...from];
    const closed: number[] = [];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (seen[step] === 1) continue;
      seen[step] = 1;
      switch (op[step]) {
        case Step.split:
          open.push(other[step]!, next[step]!);
          break;
        case Step.begin:
          if (atBegin) open.push(next[step]!);
          break;
        case Step.end:
          if (atEnd) open.push(next[step]!);
          else closed.push(step);
          break;
        default:
          closed.push(step);
      }
    }
    return closed.sort((a, b) => a - b);
  }
}
