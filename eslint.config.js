// Lint is law: every rule is an error, in every room. `npm run fix` applies what can be applied by machine.
// test/tidy/canary/lint holds planted violations; test/tidy/lintCanary.test.ts fails unless each is caught, so a rule
// that silently stopped working is noticed.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { repositoryRules } from './scripts/eslintRules.js';

const htmlSinks = 'Build nodes with text content: names, labels and log lines are hostile.';
const noShell = 'Use execFile or spawn with an argument array: a shell string built from data is an injection.';

const restrictedSyntax = [
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: htmlSinks },
  { selector: 'MemberExpression[property.value=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: htmlSinks },
  { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: htmlSinks },
  { selector: 'Property[key.name="dangerouslySetInnerHTML"]', message: htmlSinks },
  { selector: 'ExportDefaultDeclaration', message: 'Name the export: files are called after their main export.' },
  { selector: 'Property[key.name="shell"][value.value=true]', message: noShell },
  {
    selector: 'Property[key.name="rejectUnauthorized"][value.value=false]',
    message: 'TLS verification is never switched off.',
  },
];

const shellImports = {
  paths: ['child_process', 'node:child_process'].map((name) => ({
    name,
    importNames: ['exec', 'execSync'],
    message: noShell,
  })),
};

export default defineConfig(
  globalIgnores(['dist/', 'out/', 'coverage/', 'node_modules/', 'test/tidy/canary/', 'test/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { repository: repositoryRules },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        // node:test starts and awaits its own promises; awaiting `test()` at the top level is noise.
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      '@typescript-eslint/require-await': 'off', // an async method is how a port's in-memory twin keeps its promise type
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-eval': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-imports': ['error', shellImports],
      'no-restricted-syntax': ['error', ...restrictedSyntax],
      'repository/disable-needs-reason': 'error',
      'repository/no-bare-todo': 'error',
    },
  },
  {
    files: ['src/{base,core,protocol,session}/**/*.ts'],
    rules: {
      // The in-editor echo of .dependency-cruiser.cjs, which is what decides.
      'no-restricted-imports': ['error', { patterns: ['node:*', 'vscode', '@kubernetes/*', 'preact', 'preact/*'] }],
    },
  },
  {
    files: [
      'src/extension.ts',
      'src/host/**/*.ts',
      'webview/{app,grid,widgets}/**/*.{ts,tsx}',
      'test/tidy/canary/lint/*.tsx',
    ],
    // A bug report and the log are read by those who mend it.
    ignores: ['src/host/commands/diagnosticsText.ts', 'src/host/language/clusterObservers.ts'],
    rules: { 'repository/translated-text': 'error' },
  },
  { files: ['**/*.d.ts'], rules: { 'no-var': 'off' } }, // only `declare var` merges with an interface of its name
  { files: ['test/**/*.{ts,tsx}'], rules: { 'max-lines': ['error', 800] } },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { module: 'writable', process: 'readonly', require: 'readonly' } },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
