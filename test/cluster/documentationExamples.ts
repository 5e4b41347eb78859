/**
 * The examples of CoreDNS's plugin documentation: blocks fenced as `corefile` in plugin/NAME/README.md of the module source
 * that the lab's CoreDNS is built from. Read where the Go command keeps them, never copied.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versions } from './lab/places.ts';
import { run } from './lab/shell.ts';

export interface DocumentationExample {
  /** `forward 3`: the plugin and which of its examples. */
  readonly label: string;
  readonly text: string;
}

export async function documentationExamples(): Promise<readonly DocumentationExample[]> {
  const module = `github.com/coredns/coredns@${versions.coredns}`;
  const answer: unknown = JSON.parse(await run('go', ['mod', 'download', '-json', module], { cwd: tmpdir() }));
  const folder = join((answer as { readonly Dir: string }).Dir, 'plugin');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => examplesIn(name, join(folder, name, 'README.md')));
}

function examplesIn(plugin: string, path: string): readonly DocumentationExample[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return []; // a folder that is no plugin
  }
  return [...text.matchAll(/^(~~~|```) *corefile\n(.*?)^\1/gmsu)].map((match, index) => ({
    label: `${plugin} ${index + 1}`,
    text: match[2] ?? '',
  }));
}
