import * as l10n from '@vscode/l10n';
import type { TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import { IconButton, LinkButton } from '../../widgets/button.tsx';
import { PAN_SHARE, partWords } from './timelineZoom.ts';

export interface ZoomActions {
  readonly nearer: () => void;
  readonly farther: () => void;
  readonly whole: () => void;
  /** Of what is shown, to later times. */
  readonly pan: (share: number) => void;
}

/** What part of the trace the timeline shows, and other parts. Its cursor keeps the focus, and so it is zoomed in on. */
export function TimelineZoomBar({
  part,
  actions,
}: {
  readonly part: TimelinePart | undefined;
  readonly actions: ZoomActions;
}) {
  return (
    <div class="timeline-zoom" role="group" aria-label={l10n.t('Zoom')}>
      <IconButton leavesFocus icon="zoomIn" label={l10n.t('Zoom In (+ or the wheel)')} onClick={actions.nearer} />
      {part !== undefined && (
        <>
          <IconButton
            leavesFocus
            icon="zoomOut"
            label={l10n.t('Zoom Out (− or the wheel)')}
            onClick={actions.farther}
          />
          <IconButton
            leavesFocus
            icon="chevronBack"
            label={l10n.t('Earlier (Shift and the wheel)')}
            onClick={() => actions.pan(-PAN_SHARE)}
          />
          <span class="timeline-part">{partWords(part)}</span>
          <IconButton
            leavesFocus
            icon="chevron"
            label={l10n.t('Later (Shift and the wheel)')}
            onClick={() => actions.pan(PAN_SHARE)}
          />
          <LinkButton title={l10n.t('Show the whole trace (0)')} onClick={actions.whole}>
            {l10n.t('Reset Zoom')}
          </LinkButton>
        </>
      )}
    </div>
  );
}
