import { render } from 'preact';
import { keepFocus } from '../widgets/keptFocus.ts';
import { registerToolkit } from '../widgets/toolkit.ts';
import { App } from './app.tsx';
import { HostPort, type PanelTransport } from './messagePort.ts';
import { TraceController } from './traceController.ts';
import type { UiStateStore } from './uiState.ts';

/** Puts the panel into `root`; the caller brings the pipe to the host and the place for the saved state. */
export function mountPanel(root: HTMLElement, transport: PanelTransport, store: UiStateStore): TraceController {
  registerToolkit();
  keepFocus(root);
  const controller = new TraceController(new HostPort(transport), store);
  render(<App controller={controller} />, root);
  void controller.start();
  return controller;
}
