import { findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import type { ArgumentForm } from './argumentForm.ts';
import { type Place, enclosing } from './place.ts';
import { type OptionWords, type PluginWords, pluginWords } from './pluginWords.ts';

export interface ActiveForm {
  readonly plugin: PluginWords;
  /** The option whose arguments these are; `undefined` for the plugin's own. */
  readonly option: OptionWords | undefined;
  /** What stands in front of the arguments: `forward`, `rewrite name`. */
  readonly head: string;
  readonly form: ArgumentForm;
  /** All argument words of the line. */
  readonly args: readonly string[];
  /** Number of the argument at the place, -1 on a name. */
  readonly index: number;
}

/** Which form the words at a place follow; `undefined` where no plugin of CoreDNS's own reads them. */
export function activeForm(place: Place): ActiveForm | undefined {
  const { statement, index, role } = place;
  const name = enclosing(place, 'plugin')?.words[0]?.text;
  const plugin = name === undefined ? undefined : pluginWords().get(name);
  const facts = name === undefined ? undefined : pluginCatalogue().get(name);
  if (statement === undefined || plugin === undefined || facts === undefined) return undefined;
  const words = statement.words.map(({ text }) => text);
  if (role === 'option') {
    const found = findOption(facts, words[0] ?? '')?.name;
    const option = found === undefined ? undefined : plugin.options.get(found);
    if (option === undefined) return undefined;
    return { plugin, option, head: option.name, form: option.form, args: words.slice(1), index: index - 1 };
  }
  if (role !== 'plugin') return undefined;
  if (plugin.name === 'rewrite') {
    // A rule on one line is the option's line behind the plugin's name, with a word for what follows in between.
    const at = words[1] === 'continue' || words[1] === 'stop' ? 2 : 1;
    const option = plugin.options.get(words[at] ?? '');
    if (option !== undefined && index >= at) {
      const head = words.slice(0, at + 1).join(' ');
      return { plugin, option, head, form: option.form, args: words.slice(at + 1), index: index - at - 1 };
    }
  }
  return { plugin, option: undefined, head: plugin.name, form: plugin.form, args: words.slice(1), index: index - 1 };
}
