import * as l10n from '@vscode/l10n';

export interface PanelHtml {
  /** Source expression of the webview's own resources, e.g. `https://*.vscode-cdn.net`. */
  readonly cspSource: string;
  /** Fresh for each document; at least 128 random bits. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** Kept beside the panel's own state, so that the host knows after a reload which trace it was: plain data. */
  readonly restore: unknown;
  /** The language of the texts, as `lang` has it. */
  readonly language: string;
  /** Translations by the English text. */
  readonly translations: Readonly<Record<string, string>>;
}

/**
 * The document of the trace panel. Everything that is not needed is forbidden: no network, no frames, no forms, no
 * script without the nonce. Data reaches it by messages, and as JSON that cannot end its script element.
 */
export function panelHtml(page: PanelHtml): string {
  const { cspSource, nonce, scriptUri, styleUri, restore, language, translations } = page;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta property="csp-nonce" content="${nonce}">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" nonce="${nonce}" href="${attribute(styleUri)}">
<title>${attribute(l10n.t('DNS trace'))}</title>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="translations">${scriptJson(translations)}</script>
<script nonce="${nonce}">${keepRestore(restore)}</script>
<script type="module" nonce="${nonce}" src="${attribute(scriptUri)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Wraps the panel's `setState`, so that whatever it remembers carries what the host needs to open the trace again. */
function keepRestore(restore: unknown): string {
  return `{
const api = acquireVsCodeApi(), restore = ${scriptJson(restore)}, ui = () => api.getState()?.ui, setState = (state) => (api.setState({ restore, ui: state }), state);
setState(ui());
globalThis.acquireVsCodeApi = () => ({ postMessage: api.postMessage.bind(api), getState: ui, setState });
}`;
}

/** JSON that cannot end the element it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
