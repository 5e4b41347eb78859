/** A file given to `dnscope lint`, read and told apart: a Corefile, or a manifest or values file that may hold some. */
import { visibleText } from '../base/visibleText.ts';
import { purposeOfKey } from '../core/corefile/manifest/corefileKeys.ts';
import type { Manifest } from '../core/corefile/manifest/manifest.ts';
import type { CorefilePurpose } from '../core/corefile/rules/rule.ts';
import { readProblem } from '../io/input/captureSource.ts';
import { type GeneratedPart, readGenerated } from './generatedParts.ts';
import { textOf } from './givenFile.ts';
import type { CliIo } from './io.ts';
import { problemText } from './problemText.ts';

export interface CorefileInput {
  readonly kind: 'corefile';
  readonly file: string;
  readonly text: string;
  readonly purpose: CorefilePurpose;
}

export interface ManifestInput {
  readonly kind: 'manifest';
  readonly file: string;
  readonly text: string;
  readonly manifest: Manifest;
  /** Files of which it makes keys. */
  readonly generated: readonly GeneratedPart[];
  /** False: some of them can't be read, which stderr told. */
  readonly complete: boolean;
}

export type LintInput = CorefileInput | ManifestInput;

/** `undefined` after a line on stderr that says what to do. */
export async function readLintInput(path: string, io: CliIo): Promise<LintInput | undefined> {
  const name = path === '-' ? 'Standard input' : visibleText(path);
  const file = path === '-' ? 'stdin' : path;
  let bytes: Uint8Array;
  try {
    bytes = await io.readFile(path);
  } catch (error) {
    io.stderr(`${problemText(readProblem(name, error))}\n`);
    return undefined;
  }
  const text = textOf(bytes);
  if (text === undefined) io.stderr(`${name}: isn't text. Name a Corefile, or a YAML file that holds one\n`);
  else if (text.trim() === '') io.stderr(`${name}: is empty. Name a Corefile with at least one server block\n`);
  else if (isManifest(path, text)) return readManifestInput(name, file, text, io);
  else return { kind: 'corefile', file, text, purpose: purposeOfKey(path.split(/[/\\]/u).pop() ?? '') ?? 'corefile' };
  return undefined;
}

async function readManifestInput(name: string, file: string, text: string, io: CliIo): Promise<LintInput | undefined> {
  const { readManifest } = await import('../core/corefile/manifest/entry.ts');
  const manifest = readManifest(text);
  if (manifest.readable) {
    const { parts, complete } = await readGenerated(file, manifest, (line) => io.stderr(`${line}\n`));
    return { kind: 'manifest', file, text, manifest, generated: parts, complete };
  }
  io.stderr(`${name}: is too large or too deeply nested to be read. Put the ConfigMap into a file of its own\n`);
  return undefined;
}

function isManifest(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/iu.test(path)) return true;
  return (/^apiVersion:\s/mu.test(text) && /^kind:\s/mu.test(text)) || /^\s*\{\s*"/u.test(text);
}
