/** `npm run package`: a production build and out/dnscope.vsix, made without the network. What ships: .vscodeignore. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildAll } from './build.ts';
import { outFolder, repositoryRoot, vsixPath } from './paths.ts';
import { runProgram } from './runProgram.ts';

/** Throws with vsce's output when packaging fails. */
export async function packageExtension(): Promise<void> {
  await buildAll({ production: true });
  await mkdir(outFolder, { recursive: true });
  await rm(vsixPath, { force: true });
  await packFolder(repositoryRoot, vsixPath);
}

/** Makes a VSIX of an extension's folder. Throws with vsce's output when it cannot. */
export async function packFolder(folder: string, vsix: string): Promise<void> {
  const vsce = path.join(repositoryRoot, 'node_modules/@vscode/vsce/vsce');
  const argv = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  const { exitCode, output } = await runProgram(process.execPath, [vsce, ...argv, '--out', vsix], {
    capture: true,
    cwd: folder,
  });
  if (exitCode !== 0) throw new Error(`vsce could not package the extension\n${output}`);
}

if (import.meta.main) {
  try {
    await packageExtension();
    console.log(path.relative(repositoryRoot, vsixPath));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
