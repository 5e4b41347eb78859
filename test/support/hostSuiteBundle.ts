import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { packFolder } from '../../scripts/package.ts';
import { outFolder, repositoryRoot } from '../../scripts/paths.ts';

const folder = path.join(outFolder, 'host-suite');

export interface HostSuiteBundle {
  /** CommonJS with `run` and `activate`; what @vscode/test-electron calls extensionTestsPath. */
  readonly entry: string;
  /** The same as an extension that runs by itself at start, for a VS Code that can only install. */
  readonly vsix: string;
}

/** Bundles test/host/suite for the extension host. */
export async function bundleHostSuite(): Promise<HostSuiteBundle> {
  const entry = path.join(folder, 'suite.cjs');
  await mkdir(folder, { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(repositoryRoot, 'test/host/suite/entry.ts')],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
  });
  const manifest = {
    name: 'dnscope-host-suite',
    publisher: 'dnscope',
    version: '0.0.1',
    engines: { vscode: '^1.101.0' },
    main: './suite.cjs',
    activationEvents: ['onStartupFinished'],
    extensionDependencies: ['dnscope.dnscope'],
    extensionKind: ['workspace'],
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'README.md'), 'Tests of DNScope that run inside the extension host.\n');
  await writeFile(path.join(folder, 'LICENSE'), 'MIT\n');
  const vsix = path.join(outFolder, 'host-suite.vsix');
  await packFolder(folder, vsix);
  return { entry, vsix };
}
