/** `npm run build [-- --production]` and `npm run watch`: the bundles of bundles.ts, into dist/. */
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { assets, type Bundle, bundles, chunks } from './bundles.ts';
import { outFolder, repositoryRoot } from './paths.ts';

/** Points `import('…/kube/entry.ts')` and its like at the chunk beside the bundle, to be loaded on first use. */
const lazyChunks: esbuild.Plugin = {
  name: 'lazy-chunks',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ path: request, resolveDir, kind }) => {
      const file = path.resolve(resolveDir, request);
      const chunk = chunks.find(({ entry }) => path.join(repositoryRoot, entry) === file);
      if (chunk === undefined || kind === 'entry-point') return undefined;
      if (kind === 'dynamic-import') return { path: chunk.file, external: true };
      return { errors: [{ text: `${chunk.entry} loads on first use: await import('${request}')` }] };
    });
  },
};

/** Prints what .vscode/tasks.json's problem matcher reads. */
const watchReport = (name: string): esbuild.Plugin => ({
  name: 'watch-report',
  setup(build) {
    build.onStart(() => {
      console.log(`[watch] build started: ${name}`);
    });
    build.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      console.log(`[watch] build finished: ${name}`);
    });
  },
});

function runtimeOptions(runtime: Bundle['runtime']): esbuild.BuildOptions {
  switch (runtime) {
    case 'node-cjs':
      return {
        platform: 'node',
        format: 'cjs',
        target: 'node22',
        // `import()` of a chunk becomes a late require(): the extension host resolves that the same way everywhere.
        supported: { 'dynamic-import': false },
        define: {
          'import.meta.url': 'moduleUrl',
          'import.meta.dirname': '__dirname',
          'import.meta.filename': '__filename',
        },
        banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
      };
    case 'node-esm':
      return {
        platform: 'node',
        format: 'esm',
        target: 'node22',
        // CommonJS packages inside an ES module still call require() for Node's own modules.
        banner: {
          js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
        },
      };
    case 'webview':
      return {
        platform: 'browser',
        format: 'iife',
        target: 'chrome134', // VS Code 1.101, engines.vscode
        jsx: 'automatic',
        jsxImportSource: 'preact',
        loader: { '.ttf': 'file', '.svg': 'text' },
      };
  }
}

function optionsOf(bundle: Bundle, production: boolean): esbuild.BuildOptions {
  return {
    ...runtimeOptions(bundle.runtime),
    absWorkingDir: repositoryRoot,
    entryPoints: [bundle.entry],
    outfile: bundle.outfile,
    bundle: true,
    external: [...(bundle.external ?? [])],
    minify: production,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    legalComments: 'none',
    logOverride: { 'import-is-undefined': 'error' },
    plugins: bundle.lazyChunks === true ? [lazyChunks] : [],
  };
}

async function copyAssets(): Promise<void> {
  for (const { from, to } of assets) {
    if (!existsSync(path.join(repositoryRoot, from))) continue;
    await mkdir(path.dirname(path.join(repositoryRoot, to)), { recursive: true });
    await copyFile(path.join(repositoryRoot, from), path.join(repositoryRoot, to));
  }
}

/** Entries that exist. On a desk the others are named and left out; under CI one that is gone is an error. */
function presentBundles(): Bundle[] {
  const gone = bundles.filter(({ entry }) => !existsSync(path.join(repositoryRoot, entry)));
  for (const { outfile, entry } of gone) console.log(`left out: ${outfile} (there is no ${entry})`);
  if (gone.length > 0 && process.env['CI'] === 'true') throw new Error(`${gone.length} bundle(s) without their entry`);
  return bundles.filter((bundle) => !gone.includes(bundle));
}

/** Builds everything once. Rejects with esbuild's own report when a bundle does not build. */
export async function buildAll({ production }: { readonly production: boolean }): Promise<void> {
  if (production) await rm(path.join(repositoryRoot, 'dist'), { recursive: true, force: true });
  const metaFolder = path.join(outFolder, 'meta');
  await mkdir(metaFolder, { recursive: true });
  for (const bundle of presentBundles()) {
    const { metafile } = await esbuild.build(optionsOf(bundle, production));
    await writeFile(path.join(metaFolder, `${bundle.name}.json`), JSON.stringify(metafile));
    if (bundle.executable === true) await chmod(path.join(repositoryRoot, bundle.outfile), 0o755);
  }
  await copyAssets();
}

async function watchAll(): Promise<void> {
  await copyAssets();
  for (const bundle of presentBundles()) {
    const options = optionsOf(bundle, false);
    const plugins = [...(options.plugins ?? []), watchReport(bundle.name)];
    const context = await esbuild.context({ ...options, plugins, logLevel: 'silent' });
    await context.watch();
  }
}

if (import.meta.main) {
  if (process.argv.includes('--watch')) await watchAll();
  else {
    await buildAll({ production: process.argv.includes('--production') }).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  }
}
