import { type ComponentChildren, h } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly kind?: 'primary' | 'secondary';
  readonly title?: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

export function Button({ kind = 'secondary', title, disabled = false, onClick, children }: ButtonProps) {
  return h('vscode-button', { appearance: kind, title, disabled, onClick, class: 'button' }, children);
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** Tooltip and accessible name. */
  readonly label: string;
  readonly disabled?: boolean;
  /** For a switch: on or off; leave out for a plain button. */
  readonly pressed?: boolean;
  /** For a button that opens something. */
  readonly expanded?: boolean;
  /** A click leaves the focus where it is; Tab reaches it as ever. */
  readonly leavesFocus?: boolean;
  readonly onClick: () => void;
}

export function IconButton({
  icon,
  label,
  disabled = false,
  pressed,
  expanded,
  leavesFocus = false,
  onClick,
}: IconButtonProps) {
  return h(
    'vscode-button',
    {
      appearance: 'icon',
      title: label,
      'aria-label': label,
      'aria-pressed': pressed === undefined ? undefined : String(pressed),
      'aria-expanded': expanded === undefined ? undefined : String(expanded),
      disabled,
      onMouseDown: leavesFocus ? (event: MouseEvent) => event.preventDefault() : undefined,
      onClick,
      class: pressed === true ? 'icon-button icon-button-on' : 'icon-button',
    },
    <Icon name={icon} />,
  );
}

/** Text that acts: looks like VS Code's links. */
export function LinkButton({
  title,
  onClick,
  children,
}: {
  readonly title?: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <button type="button" class="link-button" title={title} onClick={onClick}>
      {children}
    </button>
  );
}
