/** Our own line icons on a 16 × 16 field, drawn with `currentColor`. */
const PATHS = {
  filter: 'M2 3.5h12M4.5 8h7M6.5 12.5h3',
  close: 'm4 4 8 8M12 4l-8 8',
  follow: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  freeze: 'M5.5 3v10M10.5 3v10',
  stop: 'M4 4h8v8H4z',
  clear: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v4M9.2 7v4',
  save: 'M3 3h8.2L13 4.8V13H3zM5.5 3v3.5h4.5V3M5 13V9.5h6V13',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  nextFailure: 'm3.5 2.5 5 5M8.5 2.5l-5 5M12 3v9.5M9.5 10l2.5 2.5 2.5-2.5',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  again: 'M12.8 6A5.2 5.2 0 1 0 13.2 9M13 2.5V6H9.5',
  lost: 'M8 2.5 14 13.5H2zM8 6.5v3.5M8 11.5v.8',
  help: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.4v.8M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8M8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6',
  up: 'M8 13V3.5M4 7.5l4-4 4 4',
  down: 'M8 3v9.5M4 8.5l4 4 4-4',
  include: 'M2 3.5h8M3.5 7h5M5 10.5h2M12 8.5v5M9.5 11h5',
  exclude: 'M2 3.5h8M3.5 7h5M5 10.5h2M9.5 11h5',
  edit: 'm3 13 .7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7 11.3 7',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.5M2.5 8h.5M2.5 12h.5',
  swap: 'M2.5 5.5h10M9.5 2.5l3 3-3 3M13.5 10.5h-10M6.5 7.5l-3 3 3 3',
  more: 'M3 7.5h1v1H3zM7.5 7.5h1v1h-1zM12 7.5h1v1h-1z',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  chevronBack: 'M10 3.5 5.5 8 10 12.5',
  zoomIn: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.4 3.4M7 5v4M5 7h4',
  zoomOut: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.4 3.4M5 7h4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={name === 'stop' ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width="1.1"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}
