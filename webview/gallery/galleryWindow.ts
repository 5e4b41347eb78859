import type { TraceController } from '../app/traceController.ts';
import type { EngineHost } from './engineHost.ts';
import type { FakeHost } from './fakeHost.ts';
import type { GalleryHost } from './galleryHost.ts';

/** What the gallery leaves on its window for tests. */
export interface GalleryWindow {
  readonly host: GalleryHost;
  /** The same where it is one in memory. */
  readonly fake: FakeHost | undefined;
  /** The same where it has a capture. */
  readonly engine: EngineHost | undefined;
  readonly controller: TraceController;
  /** What the panel would have kept in VS Code. */
  readonly saved: unknown;
}

declare global {
  interface Window {
    gallery?: GalleryWindow;
    /** Set before the script runs: what the panel finds as its saved state. */
    savedState?: unknown;
    /** Set before the script runs: texts by their English ones. */
    translations?: Readonly<Record<string, string>>;
  }
}
