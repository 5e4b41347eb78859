/** Texts about query log and cache for a while; pure. */
import * as l10n from '@vscode/l10n';
import { visibleText } from '../../base/visibleText.ts';
import type {
  TemporaryKind,
  TemporaryMark,
  TemporaryPlan,
  TemporaryState,
} from '../../session/change/corefileChangeTypes.ts';
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
    title: l10n.t('Turn Query Log On'),
    subject: l10n.t('The query log'),
    state: l10n.t('The query log is on'),
    short: l10n.t('Query log on'),
  },
  'cache-off': {
    title: l10n.t('Turn Cache Off'),
    subject: l10n.t('The cache'),
    state: l10n.t('The cache is off'),
    short: l10n.t('Cache off'),
  },
};

/** What is asked before the switch. */
export function temporaryQuestion(plan: TemporaryPlan): ChangeQuestion {
  const { kind, change, deadline } = plan;
  return {
    question: visibleText(
      l10n.t(
        '{0} in cluster {1} until {2}?',
        TEMPORARY_WORDS[kind].title,
        change.context.cluster,
        shownTime(Date.parse(deadline)),
      ),
    ),
    detail: temporaryDetail(plan),
  };
}

/** What is asked when it is on already: another deadline, or its end. */
export function prolongQuestion(plan: TemporaryPlan, on: TemporaryMark): ChangeQuestion & { readonly action: string } {
  const { kind, change, deadline } = plan;
  const [now, then] = [Date.parse(on.deadline), Date.parse(deadline)];
  const overdue = on.overdue ? l10n.t('it was to end at {0}', shownTime(now)) : l10n.t('until {0}', shownTime(now));
  return {
    question: visibleText(
      l10n.t(
        '{0} in cluster {1} already, {2}. End it at {3} instead?',
        TEMPORARY_WORDS[kind].state,
        change.context.cluster,
        overdue,
        shownTime(then),
      ),
    ),
    detail: temporaryDetail(plan),
    action: then >= now ? l10n.t('Prolong') : l10n.t('Shorten'),
  };
}

function temporaryDetail({ steps, cannot, consent, change }: TemporaryPlan): string {
  return shownParagraphs([
    consent,
    steps.map(({ block, text }) => `${block}: ${text}`).join('\n'),
    change.detail,
    ...cannot.map(({ detail }) => l10n.t('Stays as it is: {0}', detail)),
    ...caveats(change),
  ]);
}

/** A state as a message: what is true, and when it is switched back. */
export function stateText({ message, deadline, state }: TemporaryState): string {
  const counts = state === 'on' || state === 'written';
  return visibleText(
    counts ? l10n.t('{0}. It is switched back at {1}', message, shownTime(Date.parse(deadline))) : message,
  );
}

/** `Query log on 4:32` for the status bar. */
export function countdownText({ kind, state, deadline }: TemporaryState, nowMs: number): string {
  const unconfirmed = state === 'written' ? ` ${l10n.t('(unconfirmed)')}` : '';
  return `${TEMPORARY_WORDS[kind].short}${unconfirmed} ${leftText(Date.parse(deadline) - nowMs)}`;
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

/**
 * `14:05 CET`, on another day `20 Nov, 14:05 CET`: local to the machine that runs the extension, which need not be the one
 * somebody sits at, so the zone is named.
 */
export function shownTime(epochMs: number, nowMs = Date.now(), timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'short' });
  const time = new Intl.DateTimeFormat('en-GB', {
    ...zone,
    ...(day.format(epochMs) === day.format(nowMs) ? {} : ({ day: 'numeric', month: 'short' } as const)),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return time.format(epochMs);
}
