import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

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

type DropdownElement = HTMLElement & { value: string };

export function Dropdown({ label, value, options, onChange }: DropdownProps) {
  const ref = useRef<DropdownElement>(null);
  useEffect(() => {
    // `selected` on an option counts for the element only when it is new; later changes go through its value.
    if (ref.current !== null && ref.current.value !== value) ref.current.value = value;
  }, [value]);
  return h(
    'vscode-dropdown',
    {
      ref,
      'aria-label': label,
      title: label,
      class: 'dropdown',
      onChange: (event: Event) => {
        const next = (event.currentTarget as DropdownElement).value;
        if (next !== value) onChange(next);
      },
    },
    options.map((option) =>
      h(
        'vscode-option',
        { key: option.value, value: option.value, selected: option.value === value, title: option.label },
        option.label,
      ),
    ),
  );
}
