/**
 * Whether Go's regexp.Compile takes a pattern, and how many groups it captures (regexp/syntax/parse.go of Go 1.26, Perl
 * flags): the same steps in the same order, but nothing is built. What stands on Go's stack shrinks to one number per item,
 * since only two questions are ever put to it: is there anything to repeat, and how often do nested counts multiply.
 * Linear in the pattern; nesting is held on an own stack, since depth is the author's choice.
 *
 * Why not: JavaScript's RegExp as the judge. It takes lookaround and backreferences, which Go lacks, and refuses `(?i)`.
 * Not judged, so taken: names of Unicode scripts, and the limits on compiled size and on 1,000 levels of nesting.
 */
export interface GoRegexp {
  /** Capturing groups, as NumSubexp. */
  readonly groups: number;
  /** Why Go refuses the pattern, to follow "the pattern …"; `undefined` when it compiles. */
  readonly problem: string | undefined;
}

const POSIX_CLASS =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/u;
const COUNT = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/uy;
const NAME = /\(\?P?<(\w+)>/uy;
const FLAGS = /\(\?(?:[imsU]*|[imsU]*-[imsU]+)([:)])/uy;
const UNICODE_CLASS = /\\[pP](?:\{([^}]*)\}|([^{]))/suy;
const OCTAL = /\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/uy;
const HEX = /\\x(?:\{0*([0-9a-f]{1,6})\}|([0-9a-f]{2}))/iuy;
const MAX_REPEAT = 1_000;

export function readGoRegexp(pattern: string): GoRegexp {
  const reader = new PatternReader(pattern);
  const problem = reader.run();
  return { groups: reader.groups, problem };
}

class PatternReader {
  groups = 0;
  readonly #text: string;
  #at = 0;
  /**
   * Per open group, outermost first, how often its content may be repeated at most, and whether something stands there that
   * a `*` can follow: nothing does at its start and behind `|`.
   */
  readonly #open: { most: number; last: number | undefined }[] = [{ most: 1, last: undefined }];

  constructor(text: string) {
    this.#text = text;
  }

  run(): string | undefined {
    const text = this.#text;
    let afterRepeat = false;
    while (this.#at < text.length) {
      let problem: string | undefined;
      let repeats = false;
      const unit = text[this.#at];
      switch (unit) {
        case '(':
          problem = this.#openGroup();
          break;
        case '|':
          this.#at += 1;
          this.#settle();
          break;
        case ')':
          problem = this.#closeGroup();
          break;
        case '[':
          problem = this.#class();
          break;
        case '*':
        case '+':
        case '?':
          repeats = true;
          problem = this.#repeat(unit, 0, 1, 1, afterRepeat);
          break;
        case '{': {
          const count = this.#match(COUNT);
          if (count === undefined) this.#item(1);
          else {
            repeats = true;
            const min = Number(count[1]);
            problem = this.#count(count[0], min, count[2] === undefined ? min : Number(count[3] ?? -1), afterRepeat);
          }
          break;
        }
        case '\\':
          problem = this.#escapeOutside();
          break;
        default:
          this.#item(String.fromCodePoint(text.codePointAt(this.#at) ?? 0).length);
      }
      if (problem !== undefined) return problem;
      afterRepeat = repeats;
    }
    return this.#open.length > 1 ? 'has a "(" without its ")"' : undefined;
  }

  get #top(): { most: number; last: number | undefined } {
    const top = this.#open[this.#open.length - 1];
    if (top === undefined) throw new Error('Invariant: the outermost level is never closed');
    return top;
  }

  /** One thing that matches, `length` units of the pattern long. */
  #item(length: number): void {
    this.#at += length;
    this.#settle();
    this.#top.last = 1;
  }

  /** What a sticky expression finds here. */
  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    return expression.exec(this.#text) ?? undefined;
  }

  #settle(): void {
    const top = this.#top;
    top.most = Math.max(top.most, top.last ?? 1);
    top.last = undefined;
  }

  #count(written: string, min: number, max: number, afterRepeat: boolean): string | undefined {
    if (min > MAX_REPEAT || max > MAX_REPEAT) return `repeats ${written} times, Go allows at most ${MAX_REPEAT}`;
    if (max >= 0 && min > max) return `has the range ${written}, whose first number is above the second`;
    return this.#repeat(written, min, max, max < 0 ? min : max, afterRepeat);
  }

  #repeat(written: string, min: number, max: number, factor: number, afterRepeat: boolean): string | undefined {
    const start = this.#at;
    this.#at += written.length;
    if (this.#text[this.#at] === '?') this.#at += 1;
    const whole = this.#text.slice(start, this.#at);
    if (afterRepeat) return `has ${whole} right behind another repetition`;
    const top = this.#top;
    if (top.last === undefined) return `has ${whole} with nothing in front of it to repeat`;
    // `{0}` drops what it repeats, `{0,}` repeats it as `*` does.
    top.last = max === 0 ? 1 : Math.max(1, factor) * top.last;
    if ((min >= 2 || max >= 2) && top.last > MAX_REPEAT)
      return `nests repetitions that make more than ${MAX_REPEAT} together`;
    return undefined;
  }

  #openGroup(): string | undefined {
    const text = this.#text;
    if (text[this.#at + 1] !== '?') {
      this.groups += 1;
      this.#at += 1;
    } else if (this.#match(/\(\?(?:P<|<)./suy) !== undefined) {
      if (this.#match(/\(\?<[=!]/uy) !== undefined) return 'uses lookbehind, which Go lacks';
      const named = this.#match(NAME);
      if (named === undefined) return 'has a group whose name is not made of letters, digits and "_"';
      this.groups += 1;
      this.#at += named[0].length;
    } else return this.#flags();
    this.#open.push({ most: 1, last: undefined });
    return undefined;
  }

  /** `(?i)`, `(?i:`, `(?:`: a `)` ends here without opening anything. */
  #flags(): string | undefined {
    const flags = this.#match(FLAGS);
    if (flags === undefined) {
      if (this.#match(/\(\?[=!]/uy) !== undefined) return 'uses lookahead, which Go lacks';
      if (this.#match(/\(\?[imsU-]*$/uy) !== undefined) return 'has a "(" without its ")"';
      return 'has a "(?" that starts nothing Go knows';
    }
    this.#at += flags[0].length;
    if (flags[1] === ':') this.#open.push({ most: 1, last: undefined });
    return undefined;
  }

  #closeGroup(): string | undefined {
    if (this.#open.length === 1) return 'has a ")" without its "("';
    this.#settle();
    const { most } = this.#top;
    this.#open.pop();
    this.#item(1);
    this.#top.last = most;
    return undefined;
  }

  #escapeOutside(): string | undefined {
    const text = this.#text;
    const letter = text[this.#at + 1];
    if (letter === 'Q') {
      const end = text.indexOf('\\E', this.#at + 2);
      const stop = end === -1 ? text.length : end;
      const empty = stop === this.#at + 2;
      this.#at = end === -1 ? stop : end + 2;
      if (!empty) this.#item(0);
      return undefined;
    }
    if (letter !== undefined && 'AbBz'.includes(letter)) {
      this.#item(2);
      return undefined;
    }
    if (letter === 'C') return 'has the escape \\C, which Go lacks';
    const result = this.#classEscape() ?? this.#escape();
    if (typeof result === 'string') return result;
    this.#item(0);
    return undefined;
  }

  /** `\d`, `\p{Greek}`: 0 when one was read, a problem, or `undefined` when something else stands here. */
  #classEscape(): 0 | string | undefined {
    const text = this.#text;
    const letter = text[this.#at + 1];
    if (text[this.#at] !== '\\' || letter === undefined) return undefined;
    if ('dDsSwW'.includes(letter)) {
      this.#at += 2;
      return 0;
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const named = this.#match(UNICODE_CLASS);
    const short = named?.[2];
    if (
      named === undefined ||
      named[1] === '' ||
      named[1] === '^' ||
      (short !== undefined && !/^[clmnpsz]$/iu.test(short))
    )
      return `has a \\${letter} without the name of a Unicode class`;
    this.#at += named[0].length;
    return 0;
  }

  /** An escape that stands for one character: its code point, or a problem. */
  #escape(): number | string {
    const code = this.#text.codePointAt(this.#at + 1);
    if (code === undefined) return 'ends in a lone "\\"';
    const octal = this.#match(OCTAL);
    if (octal !== undefined) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[1] ?? '', 8);
    }
    const hex = this.#match(HEX);
    const value = Number.parseInt(hex?.[1] ?? hex?.[2] ?? '', 16);
    if (hex !== undefined && value <= 0x10ffff) {
      this.#at += hex[0].length;
      return value;
    }
    const character = String.fromCodePoint(code);
    if (/[1-9]/u.test(character)) return `has the backreference \\${character}, which Go lacks`;
    const control = 'afnrtv'.indexOf(character);
    if (control === -1 && (code >= 0x80 || /^[0-9A-Za-z]/u.test(character)))
      return `has the escape \\${character}, which Go doesn't know`;
    this.#at += 1 + character.length;
    return control === -1 ? code : ([7, 12, 10, 13, 9, 11][control] ?? code);
  }

  #class(): string | undefined {
    const text = this.#text;
    this.#at += 1;
    if (text[this.#at] === '^') this.#at += 1;
    for (let first = true; text[this.#at] !== ']' || first; first = false) {
      if (text.startsWith('[:', this.#at)) {
        const end = text.indexOf(':]', this.#at + 2);
        if (end !== -1) {
          const name = text.slice(this.#at, end + 2);
          if (!POSIX_CLASS.test(name)) return `has the class ${name}, which Go doesn't know`;
          this.#at = end + 2;
          continue;
        }
      }
      const known = this.#classEscape();
      if (typeof known === 'string') return known;
      if (known === 0) continue;
      const start = this.#at;
      const low = this.#classCharacter();
      if (typeof low === 'string') return low;
      if (text[this.#at] !== '-' || text[this.#at + 1] === undefined || text[this.#at + 1] === ']') continue;
      this.#at += 1;
      const high = this.#classCharacter();
      if (typeof high === 'string') return high;
      if (high < low) return `has the range ${text.slice(start, this.#at)}, whose first character is above the second`;
    }
    this.#item(1);
    return undefined;
  }

  #classCharacter(): number | string {
    if (this.#text[this.#at] === '\\') return this.#escape();
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return 'has a "[" without its "]"';
    this.#at += String.fromCodePoint(code).length;
    return code;
  }
}
