/**
 * Texts that a number changes. English has two forms, Polish four, Japanese one, so the translator writes as many as the
 * language has into one message, with bars between them, in the order of Unicode's plural categories (zero, one, two,
 * few, many, other): `{0} lookup|{0} lookups`. Which form a number takes is `Intl.PluralRules`' knowledge.
 * Why not ICU messages: the library that reads them is larger than everything that would be said with them.
 */
const ORDER: readonly Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];

interface Language {
  readonly rules: Intl.PluralRules;
  /** The categories of the language, in the order of {@link ORDER}. */
  readonly categories: readonly Intl.LDMLPluralRule[];
}

let language = languageOf('en');

/** The language that the texts are in; once, before the first of them. A tag that nobody knows counts as English. */
export function setPluralLanguage(tag: string): void {
  language = languageOf(tag);
}

/**
 * The form for `count`, with `{0}` and the following placeholders filled: by `values`, or by the count itself where there
 * are none. A text with fewer forms than its language has uses its last one for the rest.
 * @param forms translated, and not yet filled: a bar in a value is no border
 */
export function plural(forms: string, count: number, ...values: readonly (string | number)[]): string {
  const all = forms.split('|');
  const index = language.categories.indexOf(language.rules.select(count));
  const form = all[Math.min(Math.max(0, index), all.length - 1)] ?? '';
  const filled = values.length === 0 ? [count] : values;
  return form.replace(/\{(\d+)\}/gu, (placeholder, position: string) =>
    String(filled[Number(position)] ?? placeholder),
  );
}

function languageOf(tag: string): Language {
  let rules: Intl.PluralRules;
  try {
    rules = new Intl.PluralRules(tag);
  } catch {
    rules = new Intl.PluralRules('en');
  }
  const known = rules.resolvedOptions().pluralCategories;
  return { rules, categories: ORDER.filter((category) => known.includes(category)) };
}
