import { h } from 'preact';

export interface DropdownOption {
  readonly value: string;
  readonly label: string;
}

export interface DropdownProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly DropdownOption[];
  readonly onChange: (value: string) => void;
}

export function Dropdown({ label, value, options, onChange }: DropdownProps) {
  return h(
    'vscode-dropdown',
    {
      'aria-label': label,
      title: label,
      class: 'dropdown',
      onChange: (event: Event) => onChange((event.currentTarget as HTMLElement & { readonly value: string }).value),
    },
    options.map((option) =>
      h('vscode-option', { key: option.value, value: option.value, selected: option.value === value }, option.label),
    ),
  );
}
