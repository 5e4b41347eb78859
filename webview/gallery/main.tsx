import '../app/main.css';
import './gallery.css';
import { mountPanel } from '../app/mount.tsx';
import type { GalleryWindow } from './galleryWindow.ts';
import { SCENARIOS } from './scenarios.ts';
import { applyTheme, THEMES } from './themes.ts';

/** The panel in a plain browser: `?scenario=story&theme=dark&manual=1&bare=1`; `bare` leaves the choosers out. */
const query = new URLSearchParams(location.search);
const scenario = query.get('scenario') ?? 'story';
const theme = query.get('theme') ?? 'dark';

function chooser(name: string, options: readonly (readonly [string, string])[], value: string): HTMLElement {
  const select = document.createElement('select');
  select.setAttribute('aria-label', name);
  for (const [key, title] of options) {
    const option = document.createElement('option');
    option.value = key;
    option.textContent = title;
    option.selected = key === value;
    select.append(option);
  }
  select.addEventListener('change', () => {
    query.set(name, select.value);
    location.search = query.toString();
  });
  return select;
}

applyTheme(theme);
const bar = document.getElementById('bar');
if (query.has('bare')) bar?.remove();
else {
  const scenarios = Object.entries(SCENARIOS).map(([key, { title }]) => [key, title] as const);
  bar?.append(
    chooser('scenario', scenarios, scenario),
    chooser(
      'theme',
      Object.keys(THEMES).map((key) => [key, key] as const),
      theme,
    ),
  );
}
const root = document.getElementById('app');
const chosen = SCENARIOS[scenario] ?? SCENARIOS['story'];
if (root !== null && chosen !== undefined) {
  const host = chosen.open({ manual: query.has('manual') });
  let saved = window.savedState;
  const controller = mountPanel(root, host, {
    read: () => saved,
    write: (state) => {
      saved = structuredClone(state);
    },
  });
  const gallery: GalleryWindow = {
    host,
    controller,
    get saved() {
      return saved;
    },
  };
  window.gallery = gallery;
}
