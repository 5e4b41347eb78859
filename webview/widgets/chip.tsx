import * as l10n from '@vscode/l10n';
import { Icon } from './icon.tsx';

/** A filter in force, as text, with a button that takes it away. */
export function Chip({
  text,
  title,
  onRemove,
}: {
  readonly text: string;
  readonly title?: string;
  readonly onRemove: () => void;
}) {
  return (
    <span class="chip" title={title}>
      <span class="chip-text">{text}</span>
      <button
        type="button"
        class="chip-remove"
        aria-label={l10n.t('Remove {0}', text)}
        title={l10n.t('Remove')}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
