/**
 * What gets bundled, as data; scripts/build.ts turns it into files and scripts/size.ts holds it to its budgets.
 *
 * The Kubernetes client is 2 MB and takes 115 ms to load, so it lives in a chunk of its own, dist/kube.cjs; the YAML
 * library is smaller and needed more rarely still; what checks and changes Corefiles is larger than all the rest, and the
 * command line needs it for `lint` alone; exports bring the Parquet library. In the source that is a
 * plain `await import('…/kube/entry.ts')`, which Node runs as it stands; in the bundles of `lazyChunks` the same import is pointed at './kube.cjs' and left for run time.
 * .dependency-cruiser.cjs refuses any other way in.
 * Each bundle has its own copy of src/base, so classes of one are not `instanceof` classes of the other.
 */
export interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Beside it stands the style sheet, when the entry imports one. */
  readonly outfile: string;
  readonly runtime: 'node-cjs' | 'node-esm' | 'webview';
  readonly external?: readonly string[];
  readonly lazyChunks?: boolean;
  readonly executable?: boolean;
  /** Most bytes when minified (script and style sheet together); why: design.md's figures. */
  readonly budget?: number;
}

const kB = 1000;

/** Entries that other bundles load on first use, and the packages that only come with them. */
export const chunks: readonly { readonly entry: string; readonly file: string; readonly holds: RegExp }[] = [
  { entry: 'src/kube/entry.ts', file: './kube.cjs', holds: /(^|\/)src\/kube\/|node_modules\/@kubernetes\// },
  {
    entry: 'src/core/corefile/manifest/entry.ts',
    file: './manifest.cjs',
    holds: /node_modules\/yaml\//,
  },
  {
    entry: 'src/host/language/corefileParts.ts',
    file: './corefile.cjs',
    holds: /src\/host\/language\/(corefileParts\.ts$|providers\/)/,
  },
  { entry: 'src/cli/lint.ts', file: './lint.cjs', holds: /src\/cli\/lint/ },
  { entry: 'src/io/export/entry.ts', file: './export.cjs', holds: /src\/io\/export\/|node_modules\/hyparquet/ },
];

export const bundles: readonly Bundle[] = [
  {
    name: 'extension',
    entry: 'src/extension.ts',
    outfile: 'dist/extension.cjs',
    runtime: 'node-cjs',
    external: ['vscode'],
    lazyChunks: true,
    budget: 250 * kB,
  },
  { name: 'kube', entry: 'src/kube/entry.ts', outfile: 'dist/kube.cjs', runtime: 'node-cjs', budget: 3000 * kB },
  {
    name: 'manifest',
    entry: 'src/core/corefile/manifest/entry.ts',
    outfile: 'dist/manifest.cjs',
    runtime: 'node-cjs',
    budget: 150 * kB,
  },
  {
    name: 'corefile',
    entry: 'src/host/language/corefileParts.ts',
    outfile: 'dist/corefile.cjs',
    runtime: 'node-cjs',
    external: ['vscode'],
    lazyChunks: true,
    budget: 500 * kB,
  },
  {
    name: 'traceWorker',
    entry: 'src/worker/traceWorker.ts',
    outfile: 'dist/traceWorker.cjs',
    runtime: 'node-cjs',
    lazyChunks: true,
    budget: 460 * kB,
  },
  {
    name: 'export',
    entry: 'src/io/export/entry.ts',
    outfile: 'dist/export.cjs',
    runtime: 'node-cjs',
    budget: 300 * kB,
  },
  {
    name: 'cli',
    entry: 'src/cli/main.ts',
    outfile: 'dist/cli.js',
    runtime: 'node-esm',
    lazyChunks: true,
    executable: true,
    budget: 560 * kB,
  },
  {
    name: 'lint',
    entry: 'src/cli/lint.ts',
    outfile: 'dist/lint.cjs',
    runtime: 'node-cjs',
    lazyChunks: true,
    budget: 450 * kB,
  },
  { name: 'app', entry: 'webview/app/main.tsx', outfile: 'dist/webview/app.js', runtime: 'webview', budget: 425 * kB },
  { name: 'gallery', entry: 'webview/gallery/main.tsx', outfile: 'dist/webview/gallery.js', runtime: 'webview' },
];

/** Copied as they are. */
export const assets: readonly { readonly from: string; readonly to: string }[] = [
  { from: 'node_modules/@vscode/codicons/dist/codicon.css', to: 'dist/webview/codicon.css' },
  { from: 'node_modules/@vscode/codicons/dist/codicon.ttf', to: 'dist/webview/codicon.ttf' },
  { from: 'webview/gallery/gallery.html', to: 'dist/webview/gallery.html' },
];

export const vsixBudget = 3000 * kB;
