import { type ComponentChildren, h } from 'preact';

export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly content: ComponentChildren;
}

export interface PanelsProps {
  readonly label: string;
  readonly active: string;
  readonly panels: readonly Panel[];
  readonly onActive: (id: string) => void;
}

/** Tabs; only the active panel's content is rendered. */
export function Panels({ label, active, panels, onActive }: PanelsProps) {
  return h(
    'vscode-panels',
    {
      class: 'panels',
      activeid: `tab-${active}`,
      'aria-label': label,
      onChange: (event: Event) => {
        if (event.target !== event.currentTarget) return;
        const id = (event.currentTarget as HTMLElement & { readonly activeid: string }).activeid.replace(/^tab-/, '');
        if (id !== active && panels.some((panel) => panel.id === id)) onActive(id);
      },
    },
    panels.map((panel) =>
      h(
        'vscode-panel-tab',
        {
          key: `tab-${panel.id}`,
          id: `tab-${panel.id}`,
          class: 'panel-tab',
          // The toolkit names a tab after its first text, for good.
          'aria-label': panel.title,
        },
        panel.title,
      ),
    ),
    panels.map((panel) =>
      h(
        'vscode-panel-view',
        { key: `view-${panel.id}`, id: `view-${panel.id}`, class: 'panel-view', 'aria-labelledby': `tab-${panel.id}` },
        panel.id === active ? panel.content : undefined,
      ),
    ),
  );
}
