/**
 * The annotation by which any DNScope, on any machine, recognises a temporary change and can end it. It holds no text: the
 * edited lines carry their own marks (temporaryEdit.ts), the hash tells whether somebody edited since without DNScope.
 */
import { sha512 } from '../../base/sha512.ts';
import type { ConfigMap } from '../../core/topology/kubeTypes.ts';
import type { TemporaryKind, TemporaryMark } from './corefileChangeTypes.ts';
import { withoutTemporaryEdits } from './temporaryEdit.ts';

export const TEMPORARY_ANNOTATION = 'dnscope.dev/temporary';

/** One entry of the annotation's list. */
export interface TemporaryEntry {
  readonly kind: TemporaryKind;
  readonly key: string;
  readonly since: string;
  readonly deadline: string;
  /** SHA-512 of the whole text under `key` as DNScope left it last. */
  readonly hash: string;
}

const KINDS: ReadonlySet<unknown> = new Set<TemporaryKind>(['query-log', 'cache-off']);
const MAX_ENTRIES = 20;

/** Entries of a ConfigMap; an annotation that is none of ours, or damaged, has none. Never throws. */
export function readEntries(map: ConfigMap): readonly TemporaryEntry[] {
  const text = map.metadata?.annotations?.[TEMPORARY_ANNOTATION];
  if (text === undefined || text.length > 100_000) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(list) ? (list as readonly unknown[]).slice(0, MAX_ENTRIES).filter(isEntry) : [];
}

function isEntry(value: unknown): value is TemporaryEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, key, since, deadline, hash } = value as Record<string, unknown>;
  if (!KINDS.has(kind) || typeof key !== 'string' || typeof hash !== 'string') return false;
  return [since, deadline].every((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time)));
}

/** The annotation with one change more, or (without `until`) one less; `undefined` when nothing is left. */
export function nextAnnotation(
  entries: readonly TemporaryEntry[],
  change: { readonly kind: TemporaryKind; readonly key: string; readonly text: string },
  until: { readonly since: string; readonly deadline: string } | undefined,
): string | undefined {
  const others = afterEdit(entries, change.key, change.text).filter(
    ({ kind, key }) => kind !== change.kind || key !== change.key,
  );
  if (until === undefined) return annotationOf(others);
  return annotationOf([...others, { kind: change.kind, key: change.key, ...until, hash: sha512(change.text) }]);
}

/**
 * What the annotation becomes when a text is written under `key` by an edit that is none of the temporary ones: changes whose
 * lines are gone end with it, the others are still to be taken back at their time. Nothing where nothing changes.
 */
export function editedAnnotations(
  map: ConfigMap,
  key: string,
  text: string,
): Readonly<Record<string, string | undefined>> {
  const entries = readEntries(map);
  if (map.data?.[key] === text || !entries.some((entry) => entry.key === key)) return {};
  return { [TEMPORARY_ANNOTATION]: annotationOf(afterEdit(entries, key, text)) };
}

/** Temporary changes of one key live in the same text. */
function afterEdit(entries: readonly TemporaryEntry[], key: string, text: string): readonly TemporaryEntry[] {
  const hash = sha512(text);
  return entries.flatMap((entry) => {
    if (entry.key !== key) return [entry];
    return withoutTemporaryEdits(text, entry.kind) === text ? [] : [{ ...entry, hash }];
  });
}

const annotationOf = (entries: readonly TemporaryEntry[]): string | undefined =>
  entries.length === 0 ? undefined : JSON.stringify(entries);

/** The temporary changes that are on in a ConfigMap. */
export function temporaryMarks(map: ConfigMap, nowNs: bigint): readonly TemporaryMark[] {
  const { namespace = '', name = '' } = map.metadata ?? {};
  return readEntries(map).flatMap(({ kind, key, since, deadline, hash }): readonly TemporaryMark[] => {
    const text = map.data?.[key] ?? '';
    const proposal = withoutTemporaryEdits(text, kind);
    // Somebody took the lines out by hand and left the annotation: it is not on.
    if (proposal === text) return [];
    const mark = {
      kind,
      place: { namespace, name, key },
      since,
      deadline,
      overdue: Date.parse(deadline) <= Number(nowNs / 1_000_000n),
      edited: sha512(text) !== hash,
      proposal,
    };
    return [mark];
  });
}
