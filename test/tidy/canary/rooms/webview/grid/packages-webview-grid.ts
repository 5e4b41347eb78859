import '@vscode/webview-ui-toolkit';
