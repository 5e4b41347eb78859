/**
 * A text field with a list of suggestions below it, as VS Code's editor has one: the focus stays in the field, arrows move in the list, Enter
 * and Tab take what is chosen, Escape closes, Control and Space open. A part of the text may be underlined as broken.
 * Why not the toolkit's field: its input stands in a shadow tree, out of which `aria-activedescendant` does not reach.
 */
import * as l10n from '@vscode/l10n';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

export interface Suggestion {
  readonly label: string;
  /** One word about what it is. */
  readonly kind: string;
  readonly help: string;
  /** Part of the label that was typed already, in characters. */
  readonly typed: { readonly from: number; readonly to: number } | undefined;
}

export interface ComboFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly icon: IconName;
  /** UTF-16 offsets of what is wrong; what it is is said in `describedBy`. */
  readonly broken: { readonly start: number; readonly end: number } | undefined;
  /** Id of the element that says so. */
  readonly describedBy: string;
  /** An empty list is no list. */
  readonly suggestions: readonly Suggestion[];
  readonly onInput: (value: string, cursor: number) => void;
  /** Control and Space. */
  readonly onSuggest: (cursor: number) => void;
  readonly onAccept: (index: number) => void;
  /** The list is to go. */
  readonly onClose: () => void;
  /** Up and down while there is no list; whether the key was used. */
  readonly onHistory: (older: boolean) => boolean;
  readonly onKey: (key: 'Enter' | 'Escape') => void;
  readonly onBlur: () => void;
  /** A new object moves the focus into the field. */
  readonly focus: object | undefined;
  /** A new object puts the cursor there. */
  readonly cursor: { readonly at: number } | undefined;
}

/** Rows that Page Up and Page Down go. */
const PAGE = 10;

export function ComboField(props: ComboFieldProps) {
  const { label, placeholder, value, broken, suggestions, focus, cursor } = props;
  const input = useRef<HTMLInputElement>(null);
  const echo = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const open = suggestions.length > 0;
  const chosen = Math.min(at, suggestions.length - 1);

  useEffect(() => {
    if (focus !== undefined) input.current?.focus();
  }, [focus]);
  useLayoutEffect(() => {
    if (cursor === undefined) return;
    input.current?.setSelectionRange(cursor.at, cursor.at);
  }, [cursor]);
  useEffect(() => setAt(0), [suggestions]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, open]);
  useLayoutEffect(() => follow(input.current, echo.current));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!handled(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const handled = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean => {
    if (key === ' ' && ctrlKey) {
      props.onSuggest(input.current?.selectionStart ?? value.length);
      return true;
    }
    if (ctrlKey || metaKey || altKey || shiftKey) return false;
    if (!open) {
      if (key === 'ArrowUp' || key === 'ArrowDown') return props.onHistory(key === 'ArrowUp');
      if (key !== 'Enter' && key !== 'Escape') return false;
      props.onKey(key);
      return key === 'Enter';
    }
    const to = moved(key, chosen, suggestions.length);
    if (to !== undefined) setAt(to);
    else if (key === 'Enter' || key === 'Tab') props.onAccept(chosen);
    else if (key === 'Escape') props.onClose();
    else return false;
    return true;
  };

  return (
    <div class={broken === undefined ? 'combo' : 'combo combo-broken'}>
      <Icon name={props.icon} />
      <div class="combo-text">
        {broken !== undefined && (
          <div ref={echo} class="combo-echo" aria-hidden="true">
            {value.slice(0, broken.start)}
            <span class="combo-squiggle">{value.slice(broken.start, broken.end) || '\u00a0'}</span>
            {value.slice(broken.end)}
          </div>
        )}
        <input
          ref={input}
          class="combo-input"
          type="text"
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={open}
          aria-controls={open ? 'combo-list' : undefined}
          aria-activedescendant={open ? `combo-option-${String(chosen)}` : undefined}
          aria-invalid={broken === undefined ? undefined : true}
          aria-describedby={props.describedBy}
          autocomplete="off"
          spellcheck={false}
          placeholder={placeholder}
          value={value}
          onInput={({ currentTarget: { value: text, selectionStart } }) =>
            props.onInput(text, selectionStart ?? text.length)
          }
          onKeyDown={onKeyDown}
          onScroll={() => follow(input.current, echo.current)}
          onClick={props.onClose}
          onBlur={() => {
            props.onClose();
            props.onBlur();
          }}
        />
      </div>
      {open && (
        <ul ref={list} id="combo-list" class="combo-list" role="listbox" aria-label={l10n.t('Suggestions')}>
          {suggestions.map((one, index) => (
            <li
              key={`${one.kind} ${one.label}`}
              id={`combo-option-${String(index)}`}
              class="combo-option"
              role="option"
              aria-selected={index === chosen}
              // The focus stays in the field.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => props.onAccept(index)}
            >
              <span class="combo-label" title={one.label}>
                {markedLabel(one)}
              </span>
              <span class="combo-help" title={one.help}>
                {one.help}
              </span>
              <span class="combo-kind">{one.kind}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function markedLabel({ label, typed }: Suggestion) {
  if (typed === undefined) return label;
  return (
    <>
      {label.slice(0, typed.from)}
      <span class="combo-typed">{label.slice(typed.from, typed.to)}</span>
      {label.slice(typed.to)}
    </>
  );
}

/** Where a key leads in a list that goes round, as VS Code's does. */
function moved(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at + count - 1) % count;
    case 'PageDown':
      return Math.min(count - 1, at + PAGE);
    case 'PageUp':
      return Math.max(0, at - PAGE);
    default:
      return undefined;
  }
}

/** The underlined copy lies under the text, wherever that was scrolled to. */
function follow(input: HTMLInputElement | null, echo: HTMLDivElement | null): void {
  if (input !== null && echo !== null) echo.scrollLeft = input.scrollLeft;
}
