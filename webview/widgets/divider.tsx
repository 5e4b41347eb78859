import { h } from 'preact';

export function Divider() {
  return h('vscode-divider', { role: 'separator', class: 'divider' });
}
