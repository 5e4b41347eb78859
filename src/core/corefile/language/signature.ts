import { activeForm } from './activeForm.ts';
import { nextElements, elementOf } from './argumentForm.ts';
import { placeAt } from './place.ts';
import type { StatementTree } from './statements.ts';

export interface Signature {
  /** `forward FROM TO…` */
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly { readonly start: number; readonly end: number }[];
  /** `undefined` when no further argument is expected. */
  readonly active: number | undefined;
}

/** The form of the arguments at `offset`, with the one that is being written. Nothing on the name itself. */
export function signatureAt(tree: StatementTree, offset: number): Signature | undefined {
  const place = placeAt(tree, offset, false);
  if (place.kind === 'none') return undefined;
  const found = activeForm(place);
  if (found === undefined || found.index < 0 || found.form.elements.length === 0) return undefined;
  const { head, form, args, index, option, plugin } = found;
  const element =
    place.token === undefined ? nextElements(form, args.slice(0, index))[0] : elementOf(form, args, index);
  const active = element === undefined ? -1 : form.elements.indexOf(element);
  const inset = head.length + 1;
  return {
    label: `${head} ${form.text}`,
    documentation: (option ?? plugin).summary,
    parameters: form.elements.map(({ start, end }) => ({ start: start + inset, end: end + inset })),
    active: active === -1 ? undefined : active,
  };
}
