// Who may import whom, as data. Anything that is not listed here is an error; docs/adr/0001-rooms.md says why.
// scripts/deps.ts runs this over the tree and over test/tidy/canary, which holds one planted violation per rule, and
// fails unless each one is caught: a rule that matches nothing looks exactly like a clean tree.

const pure = { node: false };

/** room → rooms it may import, npm packages it may import, and whether it sees Node's built-in modules. */
const rooms = {
  'src/base': { rooms: [], packages: [], ...pure },
  'src/core': { rooms: ['src/base'], packages: [], ...pure },
  'src/protocol': { rooms: ['src/base', 'src/core'], packages: [], ...pure },
  'src/session': { rooms: ['src/base', 'src/core', 'src/protocol'], packages: [], ...pure },
  'src/kube': {
    rooms: ['src/base', 'src/core', 'src/session'],
    packages: ['@kubernetes/client-node', 'ws'],
    node: true,
  },
  'src/sources': { rooms: ['src/base', 'src/core', 'src/session', 'src/protocol'], packages: [], node: true },
  'src/io': { rooms: ['src/base', 'src/core', 'src/session', 'src/protocol'], packages: [], node: true },
  'src/worker': { rooms: ['src/base', 'src/core', 'src/protocol', 'src/io'], packages: [], node: true },
  'src/host': {
    rooms: ['src/base', 'src/core', 'src/protocol', 'src/session'],
    packages: ['vscode', '@vscode/l10n'],
    node: true,
  },
  'src/cli': {
    rooms: ['src/base', 'src/core', 'src/protocol', 'src/session', 'src/kube', 'src/sources', 'src/io', 'src/worker'],
    packages: [],
    node: true,
  },
  'webview/app': {
    rooms: ['src/base', 'src/core', 'src/protocol', 'webview/grid', 'webview/widgets'],
    packages: ['preact', '@vscode/codicons', '@vscode/l10n'],
    ...pure,
  },
  'webview/grid': { rooms: ['src/base'], packages: ['preact', '@vscode/l10n'], ...pure },
  'webview/widgets': {
    rooms: ['src/base'],
    packages: ['preact', '@vscode/l10n', '@vscode/webview-ui-toolkit', 'uplot'],
    ...pure,
  },
  'webview/gallery': {
    rooms: ['src/base', 'src/core', 'src/protocol', 'src/session', 'webview/app', 'webview/grid', 'webview/widgets'],
    packages: ['preact', '@vscode/codicons'],
    ...pure,
  },
};

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const inRoom = (room) => `^${escape(room)}/`;

// Why not `^vscode$`: with @types/vscode installed the import resolves to node_modules/@types/vscode/index.d.ts, and a
// pattern for the bare name matches nothing at all.
const ofPackage = (name) =>
  name === 'vscode' ? '(^|/)vscode(/|$)' : `(^|/)node_modules/(@types/)?${escape(name)}(/|$)`;

const outside = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

const slug = (room) => room.replace('src/', '').replace('/', '-');

const directions = Object.entries(rooms).map(([room, { rooms: allowed }]) => ({
  name: `direction-${slug(room)}`,
  comment: `${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: inRoom(room) },
  to: { path: '^(src|webview|test|scripts|agent|examples)/', pathNot: [room, ...allowed].map(inRoom) },
}));

const packages = Object.entries(rooms).map(([room, { packages: allowed, node }]) => ({
  name: `packages-${slug(room)}`,
  comment: `${room} may import ${allowed.length === 0 ? 'no package' : allowed.join(', ')}${node ? ' and Node' : ', and nothing of Node'}.`,
  severity: 'error',
  from: { path: inRoom(room) },
  to: {
    dependencyTypes: node ? outside : [...outside, 'core'],
    pathNot: ['^(src|webview)/', ...allowed.map(ofPackage)],
  },
}));

// One file of the core needs the positions that only a YAML library knows (docs/adr/0040-yaml-positions.md).
const yamlFile = '^src/core/corefile/manifest/readManifest\\.ts$';
for (const rule of packages) if (rule.name === 'packages-core') rule.from.pathNot = yamlFile;

// One file writes Parquet, and its library comes with it (docs/adr/0053-parquet-library.md).
const parquetFile = '^src/io/export/parquetFile\\.ts$';
for (const rule of packages) if (rule.name === 'packages-io') rule.from.pathNot = parquetFile;

module.exports = {
  forbidden: [
    ...directions,
    ...packages,
    {
      name: 'readManifest',
      comment: 'src/core/corefile/manifest/readManifest.ts may import yaml, and nothing else that is not ours.',
      severity: 'error',
      from: { path: yamlFile },
      to: { dependencyTypes: [...outside, 'core'], pathNot: ['^(src|webview)/', ofPackage('yaml')] },
    },
    {
      name: 'parquetFile',
      comment: 'src/io/export/parquetFile.ts may import hyparquet-writer, and nothing else that is not ours.',
      severity: 'error',
      from: { path: parquetFile },
      to: { dependencyTypes: [...outside, 'core'], pathNot: ['^(src|webview)/', ofPackage('hyparquet-writer')] },
    },
    {
      name: 'export-loads-on-first-use',
      comment: "Exports bring the Parquet library: outside their folder, only `await import('…/export/entry.ts')`.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/io/export/' },
      to: { path: '^src/io/export/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'export-has-one-door',
      comment: 'At run time only src/io/export/entry.ts is imported from outside its folder: the bundles split there.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/io/export/' },
      to: { path: '^src/io/export/', pathNot: '^src/io/export/entry\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'yaml-loads-on-first-use',
      comment:
        "The YAML library is 115 kB: outside its folder, only `await import('…/corefile/manifest/entry.ts')` reaches it.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/corefile/manifest/' },
      to: {
        path: '^src/core/corefile/manifest/(entry|readManifest)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'yaml-has-one-door',
      comment: 'Only src/core/corefile/manifest/entry.ts leads to readManifest.ts: the bundles split there.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/corefile/manifest/entry\\.ts$' },
      to: { path: yamlFile, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'protocol-takes-types-only',
      comment: 'What crosses a process is types and checks: protocol may not pull core code into the webview.',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^src/core/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kube-loads-on-first-use',
      comment:
        "src/kube brings the Kubernetes client (2 MB, 115 ms): outside it, only `await import('…/kube/entry.ts')`.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kube/' },
      to: { path: '^src/kube/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kube-has-one-door',
      comment: 'At run time only src/kube/entry.ts is imported from outside src/kube: the bundles split there.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kube/' },
      to: { path: '^src/kube/', pathNot: '^src/kube/entry\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'cluster-knows-no-use-case',
      comment: 'Watching the cluster comes first; tracing and changing build on it, never the other way round.',
      severity: 'error',
      from: { path: '^src/session/cluster/' },
      to: { path: '^src/session/(change|trace)/' },
    },
    {
      name: 'extension-takes-no-package',
      comment: 'src/extension.ts joins rooms; packages belong to rooms.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { dependencyTypes: outside, pathNot: ['^(src|webview)/', ofPackage('vscode')] },
    },
    {
      name: 'nothing-imports-test',
      comment: 'Tests know the product, never the other way round.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third; type-only cycles count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: packages keep their code in folders called dist too.
    exclude: { path: '^(dist|out)/|^test/tidy/canary/' },
    // Without this type-only imports are invisible to every rule.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
