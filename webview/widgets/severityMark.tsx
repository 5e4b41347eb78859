import * as l10n from '@vscode/l10n';

export type MarkLevel = 'none' | 'ok' | 'info' | 'warning' | 'error' | 'pending';

const WORDS: Readonly<Record<MarkLevel, string>> = {
  none: l10n.t('No verdict'),
  ok: l10n.t('No problem'),
  info: l10n.t('Information'),
  warning: l10n.t('Warning'),
  error: l10n.t('Error'),
  pending: l10n.t('Waiting'),
};

function shape(level: MarkLevel) {
  switch (level) {
    case 'error':
      return (
        <>
          <circle cx="8" cy="8" r="6.5" fill="currentColor" />
          <path class="mark-inner" d="m5.4 5.4 5.2 5.2M10.6 5.4l-5.2 5.2" />
        </>
      );
    case 'warning':
      return (
        <>
          <path d="M8 1.6 15 14H1z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
          <path class="mark-inner" d="M8 6v4M8 11.6v.6" />
        </>
      );
    case 'info':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.3" />
          <path d="M8 7v4.4M8 4.4v.8" fill="none" stroke="currentColor" stroke-width="1.5" />
        </>
      );
    case 'ok':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.3" />
          <path d="m4.9 8.3 2.2 2.2 4-4.6" fill="none" stroke="currentColor" stroke-width="1.5" />
        </>
      );
    case 'pending':
      return (
        <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="3.2 2.7" />
      );
    case 'none':
      return <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.1" />;
  }
}

/** How bad something is, by shape and by colour. */
export function SeverityMark({ level, label }: { readonly level: MarkLevel; readonly label?: string }) {
  return (
    <svg class={`mark mark-${level}`} viewBox="0 0 16 16" role="img" aria-label={label ?? WORDS[level]}>
      {shape(level)}
    </svg>
  );
}
