export const planted = import('vscode');
