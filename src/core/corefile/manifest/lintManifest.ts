/** Diagnostics of the Corefiles in a manifest, at their places in the file. */
import { type Diagnostic, type Fix, type Mention, withMentions } from '../diagnostic.ts';
import type { LineIndex } from '../position.ts';
import type { Finding } from '../rules/rule.ts';
import { yamlValue } from './yamlValue.ts';
import type { Manifest, ManifestText } from './manifest.ts';

/** CF812 of the whole file. It mentions no other place. */
export function manifestDiagnostics(
  { findings }: Pick<Manifest, 'findings'>,
  lines: LineIndex,
): readonly Diagnostic<never>[] {
  return findings.map((finding) => ofFinding(finding, lines));
}

/**
 * What was found in one text, moved to the file. Where YAML joined the lines and CoreDNS would refuse the result, that one
 * cause is told instead of everything that follows from it. `moved` does so with mentions, which may stand in other texts.
 */
export function diagnosticsInFile<From, To>(
  { joined, positions }: Pick<ManifestText, 'joined' | 'positions'>,
  diagnostics: readonly Diagnostic<From>[],
  lines: LineIndex,
  moved: (mention: Mention<From>) => Mention<To> | undefined,
): readonly Diagnostic<To>[] {
  if (joined !== undefined) {
    const refused = diagnostics.some(({ severity }) => severity === 'error');
    const cause = ofFinding(refused ? { ...joined, severity: 'error' } : joined, lines);
    if (refused) return [cause];
    return [cause, ...diagnosticsInFile({ positions }, diagnostics, lines, moved)];
  }
  return diagnostics.map((diagnostic) => {
    return {
      ...withMentions(diagnostic, moved),
      ...rangeInFile(positions, diagnostic, lines),
      fixes: diagnostic.fixes.flatMap((fix) => fixInFile(fix, positions, lines)),
    };
  });
}

/** A stretch of the text as one of the file. */
export function rangeInFile(
  positions: ManifestText['positions'],
  range: Pick<Diagnostic, 'start' | 'end'>,
  lines: LineIndex,
): Pick<Diagnostic, 'start' | 'end'> {
  const { start, end } = positions.range(range.start.offset, range.end.offset);
  return { start: lines.positionAt(start), end: lines.positionAt(end) };
}

/** A fix whose text can't be written in the scalar's style is left out. */
function fixInFile({ title, edits }: Fix, positions: ManifestText['positions'], lines: LineIndex): readonly Fix[] {
  const mapped = edits.map(({ start, end, newText }) =>
    positions.edit({ start: start.offset, end: end.offset, newText }),
  );
  if (mapped.includes(undefined)) return [];
  return [{ title, edits: mapped.flatMap((edit) => (edit === undefined ? [] : [placed(edit, lines)])) }];
}

function placed(
  edit: { readonly start: number; readonly end: number; readonly newText: string },
  lines: LineIndex,
): Fix['edits'][number] {
  return { start: lines.positionAt(edit.start), end: lines.positionAt(edit.end), newText: edit.newText };
}

function ofFinding({ severity, message, at, fixes = [] }: Finding, lines: LineIndex): Diagnostic<never> {
  return {
    rule: yamlValue.code,
    severity,
    message,
    start: lines.positionAt(at.start),
    end: lines.positionAt(at.end),
    fixes: fixes.map(({ title, edits }) => ({ title, edits: edits.map((edit) => placed(edit, lines)) })),
    mentions: [],
    docs: `docs/rules/${yamlValue.code}.md`,
  };
}
