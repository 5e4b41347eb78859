/** Something goes on, for as long as it takes. */
export function ProgressRing({ label }: { readonly label: string }) {
  return (
    <svg class="progress-ring" role="progressbar" aria-label={label} viewBox="0 0 16 16">
      <circle class="hop-turning" cx="8" cy="8" r="7" />
    </svg>
  );
}
