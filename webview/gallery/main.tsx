import './galleryLanguage.ts';
import '../app/displayLanguage.ts';
import '../app/main.css';
import './gallery.css';
import { mountPanel } from '../app/mount.tsx';
import { EngineHost } from './engineHost.ts';
import { FakeHost } from './fakeHost.ts';
import type { GalleryHost } from './galleryHost.ts';
import type { GalleryWindow } from './galleryWindow.ts';
import { SCENARIOS } from './scenarios.ts';
import { applyTheme, THEMES } from './themes.ts';

/** The panel in a plain browser: `?scenario=story&theme=dark&manual=1&bare=1`, or `?capture=first-story`; `bare` leaves the choosers out, `live=0.5` half of the capture. */
const query = new URLSearchParams(location.search);
const scenario = query.get('scenario') ?? 'story';
const theme = query.get('theme') ?? 'dark';
const capture = query.get('capture') ?? '';

/** Some worth looking at; any other that the server has is opened by its name. */
const CAPTURES = ['first-story', 'healthy-everyday', 'one-coredns-failing', 'upstream-flapping', 'search-list-waste'];

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
    chooser('capture', [['', 'No capture: a scenario'], ...CAPTURES.map((name) => [name, name] as const)], capture),
    chooser('scenario', scenarios, scenario),
    chooser(
      'theme',
      Object.keys(THEMES).map((key) => [key, key] as const),
      theme,
    ),
  );
}

async function openCapture(name: string): Promise<void> {
  const response = await fetch(`captures/${encodeURIComponent(name)}.pcapng`);
  if (!response.ok) throw new Error(`The gallery's server has no capture ${name}`);
  const live = query.get('live');
  const begin = live === null ? undefined : Number(live);
  open(new EngineHost(new Uint8Array(await response.arrayBuffer()), `${name}.pcapng`, begin));
}

function open(host: GalleryHost): void {
  const root = document.getElementById('app');
  if (root === null) return;
  if (window.translations !== undefined) host.told = [];
  let saved = window.savedState;
  const controller = mountPanel(root, host, {
    read: () => saved,
    write: (state) => {
      saved = structuredClone(state);
    },
  });
  const gallery: GalleryWindow = {
    host,
    fake: host instanceof FakeHost ? host : undefined,
    engine: host instanceof EngineHost ? host : undefined,
    controller,
    get saved() {
      return saved;
    },
  };
  window.gallery = gallery;
}

if (capture === '') open((SCENARIOS[scenario] ?? SCENARIOS['story']!).open({ manual: query.has('manual') }));
else void openCapture(capture);
