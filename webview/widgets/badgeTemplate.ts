import type { vsCodeBadge } from '@vscode/webview-ui-toolkit';

type BadgeDefinition = NonNullable<Parameters<typeof vsCodeBadge>[0]>;

/**
 * The inside of a badge, built with the DOM. Why not the toolkit's own: its HTML holds a `style` attribute, which a
 * strict content security policy refuses, and reports, for every panel.
 */
const template = {
  render(_source: unknown, host: Node) {
    const control = document.createElement('div');
    control.className = 'control';
    control.setAttribute('part', 'control');
    control.append(document.createElement('slot'));
    host.appendChild(control);
    return { bind: () => undefined, unbind: () => undefined, dispose: () => control.remove() };
  },
};

/** For `vsCodeBadge`; the element calls nothing of a view beyond these three. */
export const badgeDefinition = { template } as unknown as BadgeDefinition;
