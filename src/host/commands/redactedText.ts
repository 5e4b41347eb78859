/**
 * Text of the log without anything from a cluster, a file or a network. Not by what looks like a secret, which is never complete, but the other
 * way round: a word stays when our own program has it, and everything else goes. What is known to be a name goes even then.
 */
const GONE = '…';
const WORD = /[A-Za-z][A-Za-z'/-]*[A-Za-z]/gu;
/** Counts, codes, times and sizes; nothing that an address or an id could be made of. */
const FIGURE = /^\d{1,4}(?:\.\d)?(?:ms|us|ns|s|m|h|kB|MB|KiB|MiB|%)?$/u;
const AROUND = /^(["'“‘([{<]*)(.*?)([\]})>"'”’,.;:!?…]*)$/su;

/** Every word that stands in a program's text. */
export function wordsIn(programs: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const text of programs) for (const [word] of text.matchAll(WORD)) words.add(word);
  return words;
}

/** Names as they may stand in a sentence: `namespace/pod` and both parts of it, in lower case. */
export function namesOf(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of texts)
    for (const part of [text, ...text.split(/[\s/]+/u)]) if (part !== '') names.add(part.toLowerCase());
  return names;
}

export function redactedText(text: string, words: ReadonlySet<string>, names: ReadonlySet<string>): string {
  const kept = text
    .split(/\s+/u)
    .filter((token) => token !== '')
    .map((token) => {
      const [, before = '', core = '', after = ''] = AROUND.exec(token) ?? [];
      if (core === '') return `${before}${after}`;
      return isOurs(core, words, names) ? `${before}${core}${after}` : `${before}${GONE}${after}`;
    })
    .join(' ');
  return kept.replace(/…(?: …)+/gu, GONE);
}

function isOurs(core: string, words: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  if (names.has(core.toLowerCase())) return false;
  return words.has(core) || words.has(core.toLowerCase()) || FIGURE.test(core) || /^[A-Za-z]$/u.test(core);
}
