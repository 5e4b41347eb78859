/** The files of which a kustomization makes keys of ConfigMaps, read from disk as imports are: nothing outside its root. */
import { visibleText } from '../base/visibleText.ts';
import type { CorefilePart } from '../core/corefile/manifest/assembly.ts';
import { purposeInMap } from '../core/corefile/manifest/corefileKeys.ts';
import { absolutePattern } from '../core/corefile/manifest/glob.ts';
import type { Manifest } from '../core/corefile/manifest/manifest.ts';
import { corefileDisk, rootOf, slashPath } from './corefileDisk.ts';

/** A file as a key: offsets in it are those of the file. */
export interface GeneratedPart extends CorefilePart {
  /** Absolute, with slashes. */
  readonly place: string;
}

export interface GeneratedParts {
  readonly parts: readonly GeneratedPart[];
  /** A file is missing or lies outside: Kustomize makes nothing of such a kustomization. */
  readonly complete: boolean;
}

/** @param tell gets a sentence on each file that can't be read. */
export async function readGenerated(
  file: string,
  { generated }: Pick<Manifest, 'generated'>,
  tell: (line: string) => void,
): Promise<GeneratedParts> {
  const own = slashPath(file);
  const root = rootOf(own);
  const disk = corefileDisk(root);
  const parts: GeneratedPart[] = [];
  for (const { configMap, key, path } of generated) {
    const place = absolutePattern(path, own);
    const text = await disk.read(place);
    if (text === undefined)
      tell(`${visibleText(file)}: names ${visibleText(path)}, which is missing or outside of ${visibleText(root)}`);
    else parts.push({ configMap, key, text, purpose: purposeInMap(configMap.name, key, text), place });
  }
  return { parts, complete: parts.length === generated.length };
}
