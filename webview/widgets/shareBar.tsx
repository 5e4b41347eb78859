/** A share as a bar with its number beside it: 0 to 1. */
export function ShareBar({ share }: { readonly share: number }) {
  return (
    <span class="share">
      <svg class="share-bar" viewBox="0 0 40 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="share-whole" x="0" y="0" width="40" height="8" />
        <rect class="share-part" x="0" y="0" width={40 * Math.max(0, Math.min(share, 1))} height="8" />
      </svg>
      <span class="share-text">{formatShare(share)}</span>
    </span>
  );
}

/** `12.3 %`; never nothing where there is something, never all where something is missing. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent < 100 && percent > 99.9) return '> 99.9 %';
  return `${percent.toFixed(percent >= 100 ? 0 : 1)} %`;
}
