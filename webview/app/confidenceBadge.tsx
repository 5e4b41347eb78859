import type { Confidence } from '../../src/core/view/rows.ts';
import { Badge } from '../widgets/badge.tsx';
import { CONFIDENCE_NAMES, CONFIDENCE_WORDS } from './words.ts';

/** How sure something is, in a word that explains itself when pointed at. */
export function ConfidenceBadge({ confidence }: { readonly confidence: Confidence }) {
  return <Badge title={CONFIDENCE_WORDS[confidence]}>{CONFIDENCE_NAMES[confidence]}</Badge>;
}
