import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category: string;
  readonly enablement?: string;
}
interface Menu {
  readonly command: string;
  readonly when: string;
}
interface WalkthroughStep {
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly keybindings: readonly { readonly command: string; readonly when: string }[];
    readonly viewsWelcome: readonly { readonly contents: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly WalkthroughStep[] }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

const root = path.resolve(import.meta.dirname, '../../..');
const texts = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;
/** With its texts in place, as VS Code reads it. */
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'), (_, value: unknown) =>
  typeof value === 'string' ? (texts[/^%([^%]+)%$/.exec(value)?.[1] ?? ''] ?? value) : value,
) as Manifest;
const { contributes } = manifest;
const source = readFileSync(path.join(root, 'src/host/commands/ids.ts'), 'utf8');
const ids = [...source.matchAll(/^ {2}'(dnscope\.\w+)': \[/gm)].map((match) => match[1] ?? '').sort();
const listed = contributes.commands.map((one) => one.command).sort();

test('the manifest lists exactly the commands of commands/ids.ts', () => {
  assert.ok(ids.length > 10);
  assert.deepEqual(listed, ids);
});

test('menus, keys, welcome views and walkthroughs name commands that exist', () => {
  const links = [
    ...contributes.viewsWelcome.map((view) => view.contents),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map((step) => step.description)),
  ];
  const named = [
    ...Object.values(contributes.menus).flatMap((menu) => menu.map((entry) => entry.command)),
    ...contributes.keybindings.map((key) => key.command),
    ...links.flatMap((text) => [...text.matchAll(/command:(dnscope\.\w+)/g)].map((match) => match[1] ?? '')),
  ];
  assert.deepEqual(
    named.filter((command) => !listed.includes(command)),
    [],
  );
});

test('every step of a walkthrough has a picture in the colours of the theme, words for it, and is done by a command', () => {
  for (const { media, completionEvents } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    assert.ok(media.altText.length > 40, media.svg);
    assert.ok(
      completionEvents.length > 0 &&
        completionEvents.every((event) => listed.includes(event.slice('onCommand:'.length))),
    );
    const picture = readFileSync(path.join(root, media.svg), 'utf8');
    const colours = [...picture.matchAll(/ (?:fill|stroke)="([^"]*)"/gu)].map((match) => match[1] ?? '');
    assert.ok(colours.length > 20);
    // The page that shows it allows no styles and no scripts, and knows no theme but by its variables.
    assert.deepEqual(
      colours.filter((colour) => colour !== 'none' && !colour.startsWith('var(--vscode-')),
      [],
    );
    assert.doesNotMatch(picture, /<style|<script|style=|href|url\(/u);
  }
});

test('every command has its category and a title in title case without an id in it', () => {
  for (const { command, title, category } of contributes.commands) {
    assert.equal(category, 'DNS', command);
    assert.match(title, /^[A-Z]/, command);
    assert.doesNotMatch(title, /dnscope/i, command);
  }
});

test('what reaches a cluster waits for Workspace Trust, what reads files does not', () => {
  const trusting = contributes.commands
    .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted'))
    .map((one) => one.command);
  for (const command of [
    'dnscope.tracePod',
    'dnscope.inspectCorefile',
    'dnscope.restartCoreDns',
    'dnscope.chooseKubeconfig',
  ])
    assert.ok(trusting.includes(command), command);
  for (const command of ['dnscope.openCapture', 'dnscope.openSampleTrace', 'dnscope.saveTrace', 'dnscope.exportTrace'])
    assert.ok(!trusting.includes(command), command);
});

test('a workspace cannot choose the kubeconfig, a program or, untrusted, the image', () => {
  assert.equal(contributes.configuration.properties['dnscope.kubeconfig']?.scope, 'machine');
  assert.equal(contributes.configuration.properties['dnscope.wiresharkPath']?.scope, 'machine');
  assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('dnscope.captureImage'));
});

test('nothing activates the extension at start', () => {
  assert.deepEqual(manifest.activationEvents, [
    'onWebviewPanel:dnscope.trace',
    'onFileSystem:dnscope-corefile',
    'onLanguage:yaml',
  ]);
});

test('context menus name kinds of tree items that exist', () => {
  const kinds = [
    ...readFileSync(path.join(root, 'src/host/views/treeNode.ts'), 'utf8').matchAll(/^ {2}\| '([\w.]+)'/gm),
  ].map((match) => match[1] ?? '');
  assert.ok(kinds.includes('pod.tracing'));
  for (const { command, when } of contributes.menus['view/item/context'] ?? []) {
    const pattern = /viewItem =~ \/(.*)\/$/.exec(when)?.[1];
    const same = /viewItem == (\S+)$/.exec(when)?.[1];
    const matching = kinds.filter((kind) => (pattern === undefined ? kind === same : new RegExp(pattern).test(kind)));
    assert.ok(matching.length > 0 || when.includes('!='), `${command}: ${when}`);
  }
});
