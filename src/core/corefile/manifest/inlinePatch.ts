/**
 * Patches that stand inside of a kustomization as a string: what was found in one, moved to the file that holds it.
 * Pods and generators in a patch are parts of others and say nothing by themselves.
 */
import type { Finding } from '../rules/rule.ts';
import type { Manifest, ManifestText } from './manifest.ts';
import type { TextPositions } from './textPositions.ts';

/** What a kustomization says a patch is for: it counts more than the names in the patch. */
export interface PatchTarget {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

/** The key of `data` that an operation (RFC 6902) sets by a JSON pointer (RFC 6901); empty: all of `data`. */
export function patchedKey(op: string | undefined, pointer: string | undefined): string | undefined {
  if (op !== 'add' && op !== 'replace') return undefined;
  const [, slash, key = ''] = /^\/data(?:(\/)([^/]+))?$/u.exec(pointer ?? '') ?? [];
  if (slash === undefined) return pointer === '/data' ? '' : undefined;
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** @param outer the string that the patch is, in its file. */
export function movedOut(
  { texts, findings }: Pick<Manifest, 'texts' | 'findings'>,
  outer: TextPositions,
): Pick<Manifest, 'texts' | 'findings'> {
  return {
    texts: texts.map((text): ManifestText => {
      const { start: keyStart, end: keyEnd } = outer.range(text.keyStart, text.keyEnd);
      return {
        ...text,
        positions: text.positions.within(outer),
        keyStart,
        keyEnd,
        ...(text.joined === undefined ? {} : { joined: movedFinding(text.joined, outer) }),
      };
    }),
    findings: findings.map((finding) => movedFinding(finding, outer)),
  };
}

/** A fix that the outer string can't take is left out. */
function movedFinding(finding: Finding, outer: TextPositions): Finding {
  const fixes = (finding.fixes ?? []).flatMap((fix) => {
    const edits = fix.edits.flatMap((edit) => outer.edit(edit) ?? []);
    return edits.length < fix.edits.length ? [] : [{ ...fix, edits }];
  });
  return { ...finding, at: outer.range(finding.at.start, finding.at.end), fixes };
}
