import type { ComponentChildren } from 'preact';

export function Badge({ title, children }: { readonly title?: string; readonly children: ComponentChildren }) {
  return (
    <span title={title} class="badge">
      {children}
    </span>
  );
}
