import { h } from 'preact';

export function ProgressRing({ label }: { readonly label: string }) {
  return h('vscode-progress-ring', { class: 'progress-ring', 'aria-label': label });
}
