import * as l10n from '@vscode/l10n';
import type { TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import { Icon, type IconName } from '../../widgets/icon.tsx';
import { PAN_SHARE, partWords } from './timelineZoom.ts';

export interface ZoomActions {
  readonly nearer: () => void;
  readonly farther: () => void;
  readonly whole: () => void;
  /** Of what is shown, to later times. */
  readonly pan: (share: number) => void;
}

/** What part of the trace the timeline shows, and other parts. */
export function TimelineZoomBar({
  part,
  actions,
}: {
  readonly part: TimelinePart | undefined;
  readonly actions: ZoomActions;
}) {
  return (
    <div class="timeline-zoom" role="group" aria-label={l10n.t('Zoom')}>
      <Tool icon="zoomIn" label={l10n.t('Zoom In (+ or the wheel)')} onClick={actions.nearer} />
      {part !== undefined && (
        <>
          <Tool icon="zoomOut" label={l10n.t('Zoom Out (− or the wheel)')} onClick={actions.farther} />
          <Tool
            icon="chevron"
            label={l10n.t('Earlier (Shift and the wheel)')}
            turned
            onClick={() => actions.pan(-PAN_SHARE)}
          />
          <span class="timeline-part">{partWords(part)}</span>
          <Tool icon="chevron" label={l10n.t('Later (Shift and the wheel)')} onClick={() => actions.pan(PAN_SHARE)} />
          <button type="button" class="link-button" title={l10n.t('Show the whole trace (0)')} onClick={actions.whole}>
            {l10n.t('Reset Zoom')}
          </button>
        </>
      )}
    </div>
  );
}

function Tool({
  icon,
  label,
  turned = false,
  onClick,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly turned?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={turned ? 'timeline-tool timeline-tool-turned' : 'timeline-tool'}
      title={label}
      aria-label={label}
      // The cursor stays on the timeline, and so it is zoomed in on.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
