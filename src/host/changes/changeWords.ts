/** Texts about a Corefile change, made from its plan and its end; pure, so that tests read them. */
import * as l10n from '@vscode/l10n';
import { plural } from '../../base/plural.ts';
import type { Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CarriedEdit } from '../../session/change/carryOver.ts';
import type {
  CorefileChangePlan,
  CorefileChangeResult,
  DiffHunk,
  TrialVerdict,
} from '../../session/change/corefileChangeTypes.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import { refusalText } from '../../session/change/coreDnsSetup.ts';
import type { MissingPermission } from '../../session/trace/traceTypes.ts';

/** A dialog has no scroll bar worth the name: more changed lines than these are only counted. */
const MOST_LINES = 10;

export interface ChangeQuestion {
  readonly question: string;
  readonly detail: string;
}

/** What is asked before anything is created or written. */
export function changeQuestion(plan: CorefileChangePlan): ChangeQuestion {
  const { trial } = plan;
  const paragraphs = [
    diffText(plan.diff),
    // Before all else: what follows may be in vain.
    ...caveats({ warnings: plan.warnings.filter(({ code }) => code === 'managed-corefile') }),
    plan.detail,
    ...plan.blockers.flatMap(({ untilTried, problem }) =>
      untilTried === true && trial.kind === 'possible'
        ? [l10n.t('{0}. CoreDNS itself decides, in the throw-away pod', problem.detail)]
        : [],
    ),
    trial.kind === 'possible' ? l10n.t('Tried first: {0}', trial.consent) : trial.problem.detail,
    ...caveats({ ...plan, warnings: plan.warnings.filter(({ code }) => code !== 'managed-corefile') }),
  ];
  return { question: visibleText(plan.question), detail: shownParagraphs(paragraphs) };
}

/** What speaks against a change before CoreDNS itself was asked. `canTry`: it will be, so that open questions can wait. */
export function reasonsAgainst({
  blockers,
  trial,
}: Pick<CorefileChangePlan, 'blockers' | 'trial'>): readonly Problem[] {
  return blockers
    .filter(({ untilTried }) => untilTried !== true || trial.kind === 'impossible')
    .map(({ problem }) => problem);
}

/** What speaks against it after that: nothing, unless CoreDNS refused, or gave no answer where it alone could tell. */
export function reasonsAfterTrial(
  { blockers }: Pick<CorefileChangePlan, 'blockers'>,
  verdict: TrialVerdict,
): readonly string[] {
  const details = blockers.map(({ problem }) => problem.detail);
  switch (verdict.kind) {
    case 'accepted':
      return [];
    case 'refused':
      return [verdict.message, ...details];
    case 'unclear':
      return blockers.some(({ untilTried }) => untilTried === true) ? [verdict.message, ...details] : [];
  }
}

/**
 * The question when something speaks against the change that the user may pass over.
 * @param isTriedNext CoreDNS itself is asked before anything is written, whatever the answer is
 */
export function forceQuestion(
  { reload }: Pick<CorefileChangePlan, 'reload'>,
  reasons: readonly string[],
  isTriedNext: boolean,
): ChangeQuestion {
  if (isTriedNext)
    return {
      question: l10n.t('Go on all the same?'),
      detail: shownParagraphs([
        ...reasons,
        l10n.t(
          'Nothing is written yet: next you see what would be done, and CoreDNS itself is asked in a throw-away pod.',
        ),
      ]),
    };
  return {
    question: l10n.t('Write it all the same?'),
    detail: shownParagraphs([
      ...reasons,
      ...(reload.kind === 'reload'
        ? [l10n.t('{0} A pod that starts anew meanwhile would not come up.', refusalText(reload))]
        : [`${reload.text}. ${refusalText(reload)}`]),
    ]),
  };
}

/** `2 lines added, 1 removed`, and the lines themselves when they are few. */
export function diffText(diff: readonly DiffHunk[]): string {
  const changed = diff.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== 'same'));
  const added = changed.filter(({ kind }) => kind === 'added').length;
  const removed = changed.length - added;
  const counts =
    added === 0
      ? plural(l10n.t('{0} line removed|{0} lines removed'), removed)
      : removed === 0
        ? plural(l10n.t('{0} line added|{0} lines added'), added)
        : plural(l10n.t('{0} line added, {1} removed|{0} lines added, {1} removed'), added, added, removed);
  if (changed.length === 0) return l10n.t('The text stays as it is');
  if (changed.length > MOST_LINES) return counts;
  return [`${counts}:`, ...changed.map(({ kind, text }) => `${kind === 'added' ? '+' : '−'} ${text.trimEnd()}`)].join(
    '\n',
  );
}

/** A failure that nobody foresaw, after the write. */
export const writtenButLost = ({ key, namespace, name }: CorefilePlace, { detail, recover }: Problem): Problem => ({
  code: 'written-but-lost',
  detail: l10n.t(
    '{0} of ConfigMap {1}/{2} was written, but what CoreDNS makes of it could not be followed: {3}',
    key,
    namespace,
    name,
    detail,
  ),
  recover: `${recover === undefined ? '' : `${recover}. `}${l10n.t('Look at the CoreDNS pods, or put the previous text back')}`,
});

/** What became of an edit that was to go on in another ConfigMap. */
export function carriedText({ override, server, left }: CarriedEdit, map: string): string {
  const behind = left.slice(0, MOST_LINES).join('; ') + (left.length > MOST_LINES ? '; …' : '');
  if (override === '' && server === '')
    return visibleText(
      left.length === 0
        ? l10n.t('Only blanks and comments differ: there is nothing to carry over to {0}', map)
        : l10n.t(
            'Nothing of this edit can be carried over to {0}, which only adds plugins and server blocks: {1}',
            map,
            behind,
          ),
    );
  const done = l10n.t('Carried over to {0}: save it there to apply it, and revert the text that it was made in', map);
  if (left.length === 0) return visibleText(done);
  const rest = l10n.t('Not carried over, because {0} only adds plugins and server blocks: {1}', map, behind);
  return visibleText(`${done}. ${rest}`);
}

/** What the user reads at the end, with how the error rate went. */
export function endText({ message, health, problem }: CorefileChangeResult): string {
  const parts = [
    message,
    ...(health === undefined ? [] : [health.message]),
    ...(problem?.recover === undefined ? [] : [problem.recover]),
  ];
  return visibleText(parts.map((part) => part.replace(/\.$/u, '')).join('. '));
}

/** What is worth knowing before agreeing, and which rights are missing. */
export function caveats({
  warnings,
  missing = [],
}: {
  readonly warnings: readonly Problem[];
  readonly missing?: readonly MissingPermission[];
}): readonly string[] {
  return [
    ...warnings.map(({ detail, recover }) =>
      l10n.t('Note: {0}', recover === undefined ? detail : `${detail}. ${recover}`),
    ),
    ...missing.map(({ text, purpose }) => l10n.t('Missing permission: {0}. {1}', text, purpose)),
  ];
}

/** The detail of a dialog, which has paragraphs and no other formatting. Lines of a paragraph stay lines. */
export function shownParagraphs(paragraphs: readonly string[]): string {
  return paragraphs
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => paragraph.split('\n').map(visibleText).join('\n'))
    .join('\n\n');
}
