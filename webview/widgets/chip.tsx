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
      <button type="button" class="chip-remove" aria-label={`Remove ${text}`} title="Remove" onClick={onRemove}>
        <Icon name="close" />
      </button>
    </span>
  );
}
