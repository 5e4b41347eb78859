import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { FilterCompletion } from '../../../src/core/filter/complete.ts';
import { ComboField, type Suggestion } from '../../widgets/comboField.tsx';
import { stepThrough } from './filterHistory.ts';
import { FILTER_PROBLEM_ID } from './filterProblemLine.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

const TYPING_MS = 120;

interface Offer {
  readonly items: readonly FilterCompletion[];
  readonly suggestions: readonly Suggestion[];
}

const NO_OFFER: Offer = { items: [], suggestions: [] };

/** Where filters are typed: in force while they are typed, completed by the engine, with those of late on the arrow keys. */
export function FilterField({
  state,
  controller,
}: {
  readonly state: PanelState;
  readonly controller: TraceController;
}) {
  const { ui, view } = state;
  const [text, setText] = useState(ui.filter);
  const [offer, setOffer] = useState(NO_OFFER);
  const [cursor, setCursor] = useState<{ readonly at: number } | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Answers to earlier questions are not shown. */
  const asked = useRef(0);
  /** What this field put in force last: that comes back from the state, perhaps after more was typed. */
  const own = useRef(ui.filter);
  useEffect(() => {
    if (own.current === ui.filter) return;
    own.current = ui.filter;
    clearTimeout(timer.current);
    setText(ui.filter);
    // What was proposed was for another text.
    close();
  }, [ui.filter]);

  const apply = (value: string): void => {
    clearTimeout(timer.current);
    own.current = value.trim();
    controller.setFilter(own.current);
  };
  const write = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(value), TYPING_MS);
  };
  const close = (): void => {
    asked.current++;
    setOffer(NO_OFFER);
  };
  const suggest = async (value: string, at: number, unasked: boolean): Promise<void> => {
    const question = ++asked.current;
    const items = await controller.complete(value, at);
    if (question !== asked.current) return;
    setOffer(unasked && !isHelpful(items, value, at) ? NO_OFFER : offerOf(items, value, at));
  };
  const accept = (index: number): void => {
    const item = offer.items[index];
    if (item === undefined) return;
    const rest = text.slice(item.end);
    // Behind a field comes its operator, behind that a value: the list goes on.
    const goesOn = item.kind === 'field' || item.kind === 'operator';
    const written = text.slice(0, item.start) + item.insert + (goesOn && !rest.startsWith(' ') ? ' ' : '');
    const at = written.length + (goesOn && rest.startsWith(' ') ? 1 : 0);
    // Half a condition would be searched for as a word.
    if (goesOn) {
      clearTimeout(timer.current);
      setText(written + rest);
    } else write(written + rest);
    setCursor({ at });
    close();
    if (goesOn || item.kind === 'joiner') void suggest(written + rest, at, true);
  };

  const lead = text.length - text.trimStart().length;
  const problem = text.trim() === ui.filter ? view?.problem : undefined;
  return (
    <ComboField
      label={l10n.t('Filter lookups')}
      placeholder={l10n.t('Filter: words, or ns:shop and latency > 5ms …')}
      value={text}
      icon="filter"
      broken={problem && { start: problem.start + lead, end: problem.end + lead }}
      describedBy={FILTER_PROBLEM_ID}
      suggestions={offer.suggestions}
      onInput={(value, at) => {
        write(value);
        void suggest(value, at, true);
      }}
      onSuggest={(at) => void suggest(text, at, false)}
      onAccept={accept}
      onClose={close}
      onHistory={(older) => {
        const step = stepThrough(ui.recent, text.trim(), older);
        if (step === undefined) return false;
        write(step);
        setCursor({ at: step.length });
        return true;
      }}
      onKey={(key) => {
        if (key === 'Enter') {
          apply(text);
          controller.rememberFilter(text);
        } else if (text !== '') {
          setText('');
          apply('');
        }
      }}
      onBlur={() => {
        if (view?.problem === undefined) controller.rememberFilter(text);
      }}
      focus={state.focusFilter}
      cursor={cursor}
    />
  );
}

const KIND_WORDS: Readonly<Record<FilterCompletion['kind'], string>> = {
  field: l10n.t('field'),
  word: l10n.t('word'),
  operator: l10n.t('operator'),
  value: l10n.t('value'),
  joiner: l10n.t('joins'),
};

/** Whether to open the list although nobody asked: something was begun that it would finish, or only one of a few may follow. */
function isHelpful(items: readonly FilterCompletion[], text: string, at: number): boolean {
  const first = items[0];
  if (first === undefined) return false;
  if (items.length === 1 && first.label.toLowerCase() === text.slice(first.start, at).toLowerCase()) return false;
  return first.start < at || first.kind === 'value' || first.kind === 'operator';
}

function offerOf(items: readonly FilterCompletion[], text: string, at: number): Offer {
  const suggestions = items.map(({ label, kind, help, start }) => {
    const shown = visibleText(label);
    const typed = text.slice(start, at).toLowerCase();
    const from = typed === '' ? -1 : shown.toLowerCase().indexOf(typed);
    return {
      label: shown,
      kind: KIND_WORDS[kind],
      help: visibleText(help),
      typed: from < 0 ? undefined : { from, to: from + typed.length },
    };
  });
  return { items, suggestions };
}
