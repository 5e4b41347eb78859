import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly icon?: IconName;
  /** What is in it cannot be used; why is said beside it. */
  readonly invalid?: boolean;
  readonly onInput: (value: string) => void;
  /** Enter and Escape. */
  readonly onKey?: (key: 'Enter' | 'Escape') => void;
  /** A new object moves the focus into the field. */
  readonly focus?: object;
}

export function TextField({ label, placeholder, value, icon, invalid = false, onInput, onKey, focus }: TextFieldProps) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    if (focus !== undefined) ref.current?.focus();
  }, [focus]);
  return h(
    'vscode-text-field',
    {
      ref,
      class: invalid ? 'text-field text-field-invalid' : 'text-field',
      'aria-label': label,
      'aria-invalid': invalid ? 'true' : undefined,
      placeholder,
      value,
      onInput: (event: Event) => onInput((event.currentTarget as HTMLElement & { readonly value: string }).value),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter' || event.key === 'Escape') onKey?.(event.key);
      },
    },
    icon === undefined ? undefined : (
      <span slot="start">
        <Icon name={icon} />
      </span>
    ),
  );
}
