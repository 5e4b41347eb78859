/** "Copy Diagnostics": what somebody who looks for a fault of ours needs, onto the clipboard. Loaded words and names: see redactedText.ts. */
import * as l10n from '@vscode/l10n';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { diagnosticsText, type SettingKind } from './diagnosticsText.ts';
import { wordsIn } from './redactedText.ts';

/** What writes the log, in one way or another. */
const PROGRAMS = ['extension.cjs', 'traceWorker.cjs', 'corefile.cjs'];

interface OwnManifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, SettingKind>> };
  };
}

export async function copyDiagnostics(host: Host): Promise<void> {
  await vscode.env.clipboard.writeText(await diagnosticsOf(host));
  void host.notify.info(
    l10n.t('Diagnostics are on the clipboard, without names and addresses. Read them before you send them'),
  );
}

async function diagnosticsOf(host: Host): Promise<string> {
  const manifest = await ownManifest(host);
  const { remoteName } = vscode.env;
  return diagnosticsText({
    version: manifest.version,
    editor: vscode.env.appName,
    editorVersion: vscode.version,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    // What follows a plus is a name: `ssh-remote+host`.
    ...(remoteName === undefined ? {} : { remote: remoteName.split('+')[0]! }),
    isTrusted: vscode.workspace.isTrusted,
    settings: Object.entries(manifest.contributes.configuration.properties).map(([id, kind]) => ({
      id,
      kind,
      value: vscode.workspace.getConfiguration().get<unknown>(id),
    })),
    traces: host.traces.all.map(({ kind, snapshot }) => ({ kind, snapshot })),
    log: host.recentLog(),
    words: await ownWords(host),
    names: await knownNames(host),
  });
}

async function ownManifest({ extensionUri }: Host): Promise<OwnManifest> {
  return JSON.parse(await readText(vscode.Uri.joinPath(extensionUri, 'package.json'))) as OwnManifest;
}

async function ownWords({ extensionUri }: Host): Promise<ReadonlySet<string>> {
  const files = PROGRAMS.map((file) => vscode.Uri.joinPath(extensionUri, 'dist', file));
  return wordsIn(await Promise.all(files.map((file) => readText(file).catch(() => ''))));
}

async function readText(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Of the cluster, its traces and this machine, as far as we have seen them. */
async function knownNames({ connection, traces }: Host): Promise<readonly string[]> {
  const known = await connection.contexts().catch(() => undefined);
  const contexts = known?.contexts.flatMap((context) =>
    Object.values(context).filter((one) => typeof one === 'string'),
  );
  const ofTraces = traces.all.flatMap(({ name, choice, watched, snapshot }) => [
    name,
    ...(choice === undefined ? [] : [choice.context, choice.namespace, choice.pod]),
    ...watched,
    ...(snapshot?.vantages.map((vantage) => vantage.name) ?? []),
    ...(snapshot?.source.title.split(/\s+/u) ?? []).filter((word) => /[^a-z()]/u.test(word)),
  ]);
  return [...(contexts ?? []), ...ofTraces, os.hostname(), os.userInfo().username];
}
