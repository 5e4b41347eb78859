/** Texts about query log and cache for a while; pure. */
import { visibleText } from '../../base/visibleText.ts';
import type { TemporaryKind, TemporaryPlan } from '../../session/change/corefileChangeTypes.ts';
import { type ChangeQuestion, caveats, shownParagraphs } from './changeWords.ts';

export const TEMPORARY_WORDS: Readonly<
  Record<
    TemporaryKind,
    {
      readonly title: string;
      readonly subject: string;
      readonly state: string;
      readonly short: string;
    }
  >
> = {
  'query-log': {
    title: 'Turn Query Log On',
    subject: 'The query log',
    state: 'The query log is on',
    short: 'Query log on',
  },
  'cache-off': {
    title: 'Turn Cache Off',
    subject: 'The cache',
    state: 'The cache is off',
    short: 'Cache off',
  },
};

/** What is asked before the switch. */
export function temporaryQuestion({ kind, steps, cannot, consent, change, deadline }: TemporaryPlan): ChangeQuestion {
  const paragraphs = [
    consent,
    steps.map(({ block, text }) => `${block}: ${text}`).join('\n'),
    change.detail,
    ...cannot.map(({ detail }) => `Stays as it is: ${detail}`),
    ...caveats(change),
  ];
  return {
    question: visibleText(
      `${TEMPORARY_WORDS[kind].title} in cluster ${change.context.cluster} until ${shortTime(Date.parse(deadline))}?`,
    ),
    detail: shownParagraphs(paragraphs),
  };
}

/** `4:32`, `1:02:09`. */
export function leftText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${String(minutes)}:${two(seconds % 60)}`
    : `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Local clock time, `14:05`. */
export function shortTime(epochMs: number): string {
  const date = new Date(epochMs);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
