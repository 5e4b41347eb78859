import './displayLanguage.ts';
import './main.css';
import { toDisposable } from '../../src/base/disposable.ts';
import type { PanelToHost } from '../../src/protocol/webview.ts';
import { mountPanel } from './mount.tsx';
import type { UiState } from './uiState.ts';

/** What VS Code gives to a webview, once. */
interface VsCodeApi {
  postMessage(message: PanelToHost): void;
  getState(): unknown;
  setState(state: UiState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('app') ?? document.body.appendChild(document.createElement('div'));
root.id = 'app';
mountPanel(
  root,
  {
    post: (message) => vscode.postMessage(message),
    listen: (handler) => {
      const onMessage = (event: MessageEvent<unknown>): void => handler(event.data);
      window.addEventListener('message', onMessage);
      return toDisposable(() => window.removeEventListener('message', onMessage));
    },
  },
  { read: () => vscode.getState(), write: (state) => vscode.setState(state) },
);
