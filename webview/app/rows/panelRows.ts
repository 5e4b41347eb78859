import type { RowLevel } from '../../../src/core/view/rows.ts';
import { isRowLevel } from '../../../src/protocol/webview.ts';

/** What a row of the panel is. The node level shows messages too, with what is known of them below DNS. */
export type PanelRows = RowLevel | 'node';

export const isPanelRows = (value: unknown): value is PanelRows => isRowLevel(value) || value === 'node';

/** Only messages have what the columns of the node level show. */
export const hasNodeColumns = (rows: PanelRows): boolean => rows === 'messages' || rows === 'node';
