/** Diagnostics of the Corefiles in a manifest, at their places in the file. */
import type { Diagnostic, Fix } from '../diagnostic.ts';
import type { LineIndex } from '../position.ts';
import type { Finding } from '../rules/rule.ts';
import { yamlValue } from './yamlValue.ts';
import type { Manifest, ManifestText } from './manifest.ts';

/** CF812 of the whole file. */
export function manifestDiagnostics({ findings }: Pick<Manifest, 'findings'>, lines: LineIndex): readonly Diagnostic[] {
  return findings.map((finding) => ofFinding(finding, lines));
}

/**
 * What was found in one text, moved to the file. Where YAML joined the lines and CoreDNS would refuse the result, that one
 * cause is told instead of everything that follows from it.
 */
export function diagnosticsInFile(
  { joined, positions }: Pick<ManifestText, 'joined' | 'positions'>,
  diagnostics: readonly Diagnostic[],
  lines: LineIndex,
): readonly Diagnostic[] {
  if (joined !== undefined) {
    const refused = diagnostics.some(({ severity }) => severity === 'error');
    const cause = ofFinding(refused ? { ...joined, severity: 'error' } : joined, lines);
    if (refused) return [cause];
    return [cause, ...diagnosticsInFile({ positions }, diagnostics, lines)];
  }
  return diagnostics.map((diagnostic) => {
    const { start, end } = positions.range(diagnostic.start.offset, diagnostic.end.offset);
    return {
      ...diagnostic,
      start: lines.positionAt(start),
      end: lines.positionAt(end),
      fixes: diagnostic.fixes.flatMap((fix) => fixInFile(fix, positions, lines)),
    };
  });
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

function ofFinding({ severity, message, at, fixes = [] }: Finding, lines: LineIndex): Diagnostic {
  return {
    rule: yamlValue.code,
    severity,
    message,
    start: lines.positionAt(at.start),
    end: lines.positionAt(at.end),
    fixes: fixes.map(({ title, edits }) => ({ title, edits: edits.map((edit) => placed(edit, lines)) })),
    docs: `docs/rules/${yamlValue.code}.md`,
  };
}
