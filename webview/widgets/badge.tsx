import { type ComponentChildren, h } from 'preact';

export function Badge({ title, children }: { readonly title?: string; readonly children: ComponentChildren }) {
  return h('vscode-badge', { title, class: 'badge' }, children);
}
