/**
 * Label selectors as CoreDNS's library reads them (apimachinery, labels/selector.go and ParseToLabelSelector): `a=b`, `a==b`,
 * `a in (b, c)`, `a notin (b)`, `a`, `!a`, joined by commas. Names the first thing that is refused; linear.
 */
const TOKEN = /[ \t\r\n]*(==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+)/uy;
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/u;
const DOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;

/** What is wrong with a selector, to follow "here …"; `undefined` when it is in order. */
export function labelSelectorProblem(text: string): string | undefined {
  // A NUL ends Kubernetes's reading wherever it stands; nobody writes one.
  if (text.includes('\0')) return undefined;
  const reader = new SelectorReader(tokensOf(text));
  return reader.run();
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? '');
  return tokens;
}

class SelectorReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  run(): string | undefined {
    if (this.#tokens.length === 0) return undefined;
    for (;;) {
      const problem = this.#requirement();
      if (problem !== undefined) return problem;
      const next = this.#take();
      if (next === undefined) return undefined;
      if (next !== ',') return `"," is missing in front of ${next}`;
      if (this.#peek() === undefined) return 'nothing stands behind the last ","';
    }
  }

  #requirement(): string | undefined {
    const absent = this.#peek() === '!';
    if (absent) this.#at += 1;
    const key = this.#take();
    if (key === undefined || !isWord(key)) return `a label is missing${key === undefined ? '' : ` in front of ${key}`}`;
    if (!isKey(key)) return `${key} is no name of a label`;
    if (absent || this.#peek() === undefined || this.#peek() === ',') return undefined;
    const operator = this.#take();
    switch (operator) {
      case '=':
      case '==':
        return this.#value();
      case '!=':
        return `stands !=, which CoreDNS lacks; ${key} notin (VALUE) says the same`;
      case 'in':
      case 'notin':
        return this.#list();
      case '<':
      case '>':
        return `${operator} can't compare labels`;
      default:
        return `an operator is missing behind ${key}`;
    }
  }

  #value(): string | undefined {
    const next = this.#peek();
    if (next === undefined || next === ',') return undefined;
    this.#at += 1;
    return isWord(next) ? wrongValue(next) : `${next} stands where a value belongs`;
  }

  /** `(a, b)`; values may be empty. */
  #list(): string | undefined {
    if (this.#take() !== '(') return 'the values of in and notin must stand in parentheses';
    let afterWord = false;
    for (;;) {
      const next = this.#take();
      if (next === ')') return undefined;
      if (next === undefined) return '")" is missing';
      if (next !== ',') {
        if (!isWord(next)) return `${next} stands where a value belongs`;
        if (afterWord) return `"," is missing in front of ${next}`;
        const problem = wrongValue(next);
        if (problem !== undefined) return problem;
      }
      afterWord = next !== ',';
    }
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(): string | undefined {
    this.#at += 1;
    return this.#tokens[this.#at - 1];
  }
}

function isWord(token: string): boolean {
  return !/^[=!(),<>]/u.test(token);
}

function wrongValue(text: string): string | undefined {
  return text.length <= 63 && NAME.test(text) ? undefined : `${text} is no value of a label`;
}

function isKey(text: string): boolean {
  const [first = '', second, ...more] = text.split('/');
  const name = second ?? first;
  if (more.length > 0 || name.length > 63 || !NAME.test(name)) return false;
  return second === undefined || (first.length <= 253 && DOMAIN.test(first));
}
