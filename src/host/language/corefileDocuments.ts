/**
 * The live Corefile as a read-only document `dnscope-corefile:/CONTEXT/NAMESPACE/CONFIGMAP/Corefile`. While it is open it
 * holds the cluster's watches, so an edit of the ConfigMap shows at once; a document that VS Code restores after a reload
 * connects again by what its address says.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { toProblem } from '../../base/problem.ts';
import { readCorefile } from '../../session/readCorefile.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import { sentence } from '../notify.ts';
import { COREFILE_LANGUAGE } from './corefileRegions.ts';

export const COREFILE_SCHEME = 'dnscope-corefile';

interface Followed {
  readonly lease: ClusterLease;
  readonly stop: { dispose(): void };
  text: string;
}

export class CorefileDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #connection: ClusterConnection;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #followed = new Map<string, Followed>();

  constructor(connection: ClusterConnection) {
    super();
    this.#connection = connection;
    this._register(vscode.workspace.registerTextDocumentContentProvider(COREFILE_SCHEME, this));
    this._register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#release(String(uri))));
    this._register({ dispose: () => [...this.#followed.keys()].forEach((key) => this.#release(key)) });
  }

  /** @throws ProblemError `corefile-not-found`, `forbidden`, `cluster-unreachable`, … */
  async open(context: string): Promise<void> {
    const lease = await this.#connection.acquire(context);
    try {
      const view = lease.model.view.corefile ?? (await readCorefile(lease.kube));
      const uri = vscode.Uri.from({
        scheme: COREFILE_SCHEME,
        path: `/${[context, view.namespace, view.name, view.key].map(segment).join('/')}`,
      });
      this.#follow(uri, lease, view.text);
      const document = await vscode.workspace.openTextDocument(uri);
      if (document.languageId !== COREFILE_LANGUAGE)
        await vscode.languages.setTextDocumentLanguage(document, COREFILE_LANGUAGE);
      await vscode.window.showTextDocument(document, { preview: false });
    } catch (error) {
      lease.dispose();
      throw error;
    }
  }

  /** The context a live document belongs to. */
  contextOf(uri: vscode.Uri): string {
    return unsegment(uri.path.split('/')[1] ?? '');
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.#followed.get(String(uri));
    if (known !== undefined) return known.text;
    const context = this.contextOf(uri);
    try {
      const lease = await this.#connection.acquire(context);
      const { text } = await readCorefile(lease.kube).catch((error: unknown) => {
        lease.dispose();
        throw error;
      });
      this.#follow(uri, lease, text);
      return text;
    } catch (error) {
      const lines = sentence(toProblem(error, 'corefile-not-found')).split('\n');
      return `${lines.map((line) => `# ${line}`).join('\n')}\n`;
    }
  }

  /** Takes the lease over; one a document. */
  #follow(uri: vscode.Uri, lease: ClusterLease, text: string): void {
    const key = String(uri);
    const known = this.#followed.get(key);
    if (known !== undefined) return lease.dispose();
    const followed: Followed = {
      lease,
      text,
      stop: lease.model.onDidChange(() => {
        const now = lease.model.view.corefile?.text;
        if (now === undefined || now === followed.text) return;
        followed.text = now;
        this.#changed.fire(uri);
      }),
    };
    this.#followed.set(key, followed);
  }

  #release(key: string): void {
    const followed = this.#followed.get(key);
    this.#followed.delete(key);
    followed?.stop.dispose();
    followed?.lease.dispose();
  }
}

// Context names hold slashes and colons (EKS: arn:aws:eks:…:cluster/name); a path segment may not.
const segment = (text: string): string => text.replaceAll('%', '%25').replaceAll('/', '%2F');
const unsegment = (text: string): string => text.replaceAll('%2F', '/').replaceAll('%25', '%');
