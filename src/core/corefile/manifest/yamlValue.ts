/**
 * CF812: a Corefile's YAML that the Kubernetes API refuses, or whose lines it joins. A rule beside the others, because it
 * speaks of the manifest and not of the Corefile: readManifest.ts asks it.
 */
import { visibleText } from '../../../base/visibleText.ts';
import type { Finding } from '../rules/rule.ts';
import type { ScalarStyle } from './textPositions.ts';

export const yamlValue = { code: 'CF812', title: 'YAML does not give the Corefile as text' } as const;

/** `Corefile:` at a line's end, with more indented text below. */
const KEY_LINE = /^([ \t]*)(["']?)(Corefile(?:[.-][\w.-]+)?|[\w.-]+\.(?:server|override))\2:[ \t]*(?=\r?$)/gmu;

/** The document that begins at `start` can't be read, first at `at`. */
export function cf812Damaged(file: string, start: number, code: string, at: number): Finding {
  const place = Math.min(at, Math.max(0, file.length - 1));
  if (code === 'TAB_AS_INDENT' || file[place] === '\t') {
    return {
      severity: 'error',
      message: "YAML can't be indented with a tab, so the API refuses this file. Use spaces",
      at: { start: place, end: place + 1 },
    };
  }
  const key = keyBefore(file, start, at);
  if (key === undefined) {
    return {
      severity: 'error',
      message:
        "This isn't valid YAML, so the API refuses the file. Write | behind the key and indent every line below it",
      at: { start: place, end: place + 1 },
    };
  }
  return withoutBar(key.name, 'is read as YAML of its own, so the API refuses this file', 'error', key.start, key.end);
}

/** The value is a map, a list or a number. */
export function cf812NotText(
  file: string,
  key: string,
  [start, end]: readonly [number, number],
  value: unknown,
): Finding {
  const colon = file.indexOf(':', end);
  const map = typeof value === 'object' && value !== null && 'items' in value;
  if (map && /^:[ \t]*\r?\n/u.test(file.slice(colon))) {
    return withoutBar(key, 'is read as a map, so the API refuses this ConfigMap', 'error', start, colon + 1);
  }
  return {
    severity: 'error',
    message: `The value of ${shown(key)} is not text, so the API refuses this ConfigMap. Write | behind the colon and the text below it`,
    at: { start, end },
  };
}

interface JoinedScalar {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly style: ScalarStyle;
}

/** Lines that YAML joins into one: CoreDNS gets them so. A warning here; where the text is refused, the linter raises it. */
export function cf812Joined(file: string, key: string, scalar: JoinedScalar): Finding | undefined {
  const { style, value, start, end, keyStart, keyEnd } = scalar;
  if (style === 'literal') return undefined;
  const lines = file.slice(start, end).trimEnd().split('\n').length - (style === 'folded' ? 1 : 0);
  if (lines < 2 || value.trimEnd().split('\n').length >= lines) return undefined;
  if (style === 'folded') {
    return {
      severity: 'warning',
      message: `With > YAML joins the lines of ${shown(key)}, and CoreDNS gets them so. Use |`,
      at: { start, end: start + 1 },
      fixes: [{ title: 'Replace > with |', edits: [{ start, end: start + 1, newText: '|' }] }],
    };
  }
  const colon = file.indexOf(':', keyEnd);
  if (style === 'plain' && /^:[ \t]*\r?\n/u.test(file.slice(colon))) {
    return withoutBar(key, 'is joined into one line, and CoreDNS gets it so', 'warning', keyStart, colon + 1);
  }
  return {
    severity: 'warning',
    message: `YAML joins the lines of ${shown(key)} into one, and CoreDNS gets them so. Write | behind the colon and the text below it`,
    at: { start: keyStart, end: keyEnd },
  };
}

function withoutBar(key: string, what: string, severity: 'error' | 'warning', start: number, end: number): Finding {
  return {
    severity,
    message: `Without | the text of ${shown(key)} ${what}. Write ${shown(key)}: |`,
    at: { start, end },
    fixes: [{ title: 'Insert |', edits: [{ start: end, end, newText: ' |' }] }],
  };
}

/** The last key without a value in front of `at`, when the text below it is indented more. */
function keyBefore(
  file: string,
  start: number,
  at: number,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  let found;
  for (const match of file.slice(start, at).matchAll(KEY_LINE)) {
    const [whole, indent = '', quote = '', name = ''] = match;
    const from = start + match.index + indent.length;
    const behind = file.slice(start + match.index + whole.length);
    const below = /^(?:[ \t]*\r?\n)*([ \t]*)\S/u.exec(behind)?.[1] ?? '';
    if (below.length > indent.length) found = { name, start: from, end: from + name.length + 2 * quote.length + 1 };
  }
  return found;
}

/** Own, because what rules share brings the tables of plugins, and this file loads with the YAML library alone. */
function shown(key: string): string {
  return visibleText(key.length > 60 ? `${key.slice(0, 60)}…` : key);
}
