import * as l10n from '@vscode/l10n';
import { useRef, useState } from 'preact/hooks';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { IconButton } from '../../widgets/button.tsx';
import { Menu, type MenuItem } from '../../widgets/menu.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

/** Exports are of lookups, so that whoever chose queries or messages is told. */
export function exportItem(controller: TraceController): MenuItem {
  const isOfLookups = controller.state.ui.rows === 'lookups';
  return {
    label: isOfLookups ? l10n.t('Export Selection…') : l10n.t('Export Lookups of Selection…'),
    isFirstOfGroup: true,
    onChoose: () => void controller.chosen.exportLookups(),
  };
}

export function wiresharkItem(controller: TraceController): MenuItem {
  return { label: l10n.t('Open in Wireshark'), onChoose: () => controller.run({ name: 'openInWireshark' }) };
}

/** What has no button of its own, as behind the dots of VS Code's toolbars. */
export function MoreActions({
  state,
  snapshot,
  controller,
}: {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}) {
  const ref = useRef<HTMLSpanElement>(null);
  const [place, setPlace] = useState<{ readonly x: number; readonly y: number } | undefined>(undefined);
  const isChosen = state.chosen.length > 0 || state.selectedIndex >= 0;
  const open = (): void => {
    const box = ref.current?.getBoundingClientRect();
    if (place !== undefined) setPlace(undefined);
    else if (box !== undefined) setPlace({ x: box.left, y: box.bottom + 2 });
  };
  return (
    <span ref={ref} class="more-actions">
      <IconButton
        icon="more"
        label={l10n.t('More actions…')}
        expanded={place !== undefined}
        disabled={snapshot.counts.packets === 0}
        onClick={open}
      />
      {place !== undefined && (
        <Menu
          label={l10n.t('More actions')}
          x={place.x}
          y={place.y}
          items={[...(isChosen ? [exportItem(controller)] : []), wiresharkItem(controller)]}
          opener={ref}
          onClose={() => setPlace(undefined)}
        />
      )}
    </span>
  );
}
