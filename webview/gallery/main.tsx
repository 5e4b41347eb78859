import '../app/main.css';
import './gallery.css';
import type { TraceController } from '../app/traceController.ts';
import { mountPanel } from '../app/mount.tsx';
import type { FakeHost } from './fakeHost.ts';
import { SCENARIOS } from './scenarios.ts';
import { applyTheme, THEMES } from './themes.ts';

/** The panel in a plain browser: `?scenario=story&theme=dark&manual=1&bare=1`; `bare` leaves the choosers out. */
interface Gallery {
  readonly host: FakeHost;
  readonly controller: TraceController;
  saved: unknown;
}

declare global {
  interface Window {
    /** For tests. */
    gallery?: Gallery;
  }
}

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
  const gallery: { host: FakeHost; controller: TraceController | undefined; saved: unknown } = {
    host,
    controller: undefined,
    saved: undefined,
  };
  gallery.controller = mountPanel(root, host, {
    read: () => gallery.saved,
    write: (state) => {
      gallery.saved = structuredClone(state);
    },
  });
  window.gallery = gallery as Gallery;
}
