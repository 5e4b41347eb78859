import { type ComponentChildren, h } from 'preact';

export interface CheckboxProps {
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

export function Checkbox({ checked, disabled = false, onChange, children }: CheckboxProps) {
  return h(
    'vscode-checkbox',
    {
      checked,
      disabled,
      class: 'checkbox',
      onChange: (event: Event) => {
        const now = (event.currentTarget as HTMLElement & { readonly checked: boolean }).checked;
        // The element also reports when `checked` is set from here: only a difference is the user's.
        if (now !== checked) onChange(now);
      },
    },
    children,
  );
}
