/**
 * The form of a plugin's or option's arguments, as it is written for people (`[TTL] [ZONES…]`), read as a small machine:
 * elements in a row, steps that skip what may be left out, and elements that repeat. Given the words written so far it
 * says which elements the next word may be. Cost: words × elements, both short.
 */
export interface FormElement {
  /** As written: `FROM`, `random|round_robin`. */
  readonly text: string;
  /** Range in the form's text. */
  readonly start: number;
  readonly end: number;
  /** Words that stand as they are. */
  readonly literals: readonly string[];
  /** Names of values to fill in: `FROM`, `DURATION`. */
  readonly placeholders: readonly string[];
  readonly repeated: boolean;
  readonly optional: boolean;
}

export interface ArgumentForm {
  readonly text: string;
  readonly elements: readonly FormElement[];
  /** From the element at which an optional group begins to behind its end. */
  readonly skips: ReadonlyMap<number, number>;
}

export function readArgumentForm(text: string): ArgumentForm {
  const elements: FormElement[] = [];
  const skips = new Map<number, number>();
  for (const group of text.matchAll(/\[([^\]]*)\](?=\s|$)|\S+/gu)) {
    const optional = group[1] !== undefined;
    const first = elements.length;
    for (const word of (group[1] ?? group[0]).matchAll(/\S+/gu)) {
      const start = group.index + (optional ? 1 : 0) + word.index;
      elements.push(readElement(word[0], start, optional));
    }
    if (optional) skips.set(first, elements.length);
  }
  return { text, elements, skips };
}

function readElement(text: string, start: number, optional: boolean): FormElement {
  const repeated = text.endsWith('…');
  const alternatives = (repeated ? text.slice(0, -1) : text).split('|');
  return {
    text,
    start,
    end: start + text.length,
    literals: alternatives.filter((word) => !isPlaceholder(word)),
    placeholders: alternatives.filter(isPlaceholder),
    repeated,
    optional,
  };
}

function isPlaceholder(word: string): boolean {
  return /^[A-Z]/u.test(word);
}

/** Elements that the word behind `words` may be, in order; empty when nothing may follow. */
export function nextElements(form: ArgumentForm, words: readonly string[]): readonly FormElement[] {
  let states: ReadonlySet<number> = new Set([0]);
  for (const word of words) {
    const open = [...closure(form, states)];
    const literal = open.filter((state) => form.elements[state]?.literals.includes(word) === true);
    const next = new Set<number>();
    for (const state of literal.length > 0 ? literal : open) {
      const element = form.elements[state];
      if (element === undefined || (literal.length === 0 && element.placeholders.length === 0)) continue;
      if (element.repeated) next.add(state);
      next.add(state + 1);
    }
    states = next;
  }
  return [...closure(form, states)]
    .sort((a, b) => a - b)
    .flatMap((state) => {
      const element = form.elements[state];
      return element === undefined ? [] : [element];
    });
}

/** The element that word number `index` of `words` is. */
export function elementOf(form: ArgumentForm, words: readonly string[], index: number): FormElement | undefined {
  const candidates = nextElements(form, words.slice(0, index));
  const word = words[index];
  const exact = word === undefined ? undefined : candidates.find(({ literals }) => literals.includes(word));
  return exact ?? candidates.find(({ placeholders }) => placeholders.length > 0) ?? candidates[0];
}

function closure({ skips }: ArgumentForm, states: ReadonlySet<number>): ReadonlySet<number> {
  const reached = new Set(states);
  for (const state of reached) {
    const behind = skips.get(state);
    // A set visits what is added while it is walked.
    if (behind !== undefined) reached.add(behind);
  }
  return reached;
}
