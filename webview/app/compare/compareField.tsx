import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { FilterProblem } from '../../../src/core/filter/filterProblem.ts';
import { IconButton } from '../../widgets/button.tsx';
import { ComboField, type Suggestion } from '../../widgets/comboField.tsx';

const TYPING_MS = 300;

/** Something in the list: what it says, and what choosing it does. */
export interface FieldOffer {
  readonly suggestion: Suggestion;
  readonly onChoose: () => void;
}

export interface CompareFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** In force. */
  readonly value: string;
  /** For the text that was typed; for the empty one everything. */
  readonly offersFor: (typed: string) => readonly FieldOffer[];
  readonly problem: FilterProblem | undefined;
  /** Id of the element that says what is wrong. */
  readonly describedBy: string;
  readonly onChange: (value: string) => void;
}

/** A field that can be typed into or chosen for: the button, arrow keys and Control with Space open the list. */
export function CompareField(props: CompareFieldProps) {
  const { label, value, problem, onChange, offersFor } = props;
  const [text, setText] = useState(value);
  /** What the list is for; `undefined` while it is closed. */
  const [asked, setAsked] = useState<string | undefined>(undefined);
  const [focus, setFocus] = useState<object | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const own = useRef(value);
  useEffect(() => {
    if (own.current === value) return;
    own.current = value;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = (next: string): void => {
    clearTimeout(timer.current);
    own.current = next.trim();
    if (own.current !== value) onChange(own.current);
  };
  const close = (): void => setAsked(undefined);
  const offers = asked === undefined ? [] : offersFor(asked);
  const broken = problem !== undefined && text.trim() === value ? problem : undefined;
  return (
    <div class="compare-field">
      <ComboField
        label={label}
        placeholder={props.placeholder}
        value={text}
        icon="filter"
        broken={broken && { start: broken.start, end: broken.end }}
        describedBy={props.describedBy}
        suggestions={offers.map(({ suggestion }) => suggestion)}
        onInput={(next) => {
          setText(next);
          setAsked(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => apply(next), TYPING_MS);
        }}
        onSuggest={() => setAsked('')}
        onAccept={(index) => {
          clearTimeout(timer.current);
          close();
          // What comes back is another's, even if it was typed before.
          own.current = '';
          offers[index]?.onChoose();
        }}
        onClose={close}
        onHistory={(older) => {
          if (older) return false;
          setAsked('');
          return true;
        }}
        onKey={(key) => {
          if (key === 'Enter') apply(text);
          else if (text !== '') {
            setText('');
            apply('');
          }
        }}
        onBlur={() => apply(text)}
        focus={focus}
        cursor={undefined}
      />
      <IconButton
        icon="list"
        label={l10n.t('Choose: {0}', label)}
        onClick={() => {
          setFocus({});
          setAsked('');
        }}
      />
    </div>
  );
}

/** What is wrong with what was typed; always there, so that screen readers hear it come. */
export function FieldProblem({ id, problem }: { readonly id: string; readonly problem: FilterProblem | undefined }) {
  return (
    <div id={id} class="filter-problem compare-problem" role="status">
      {problem !== undefined && visibleText(problem.detail)}
    </div>
  );
}
