/**
 * What a plugin's setup code refuses. A twin reads the plugin's words through the same reading head as the Go code
 * (plugin/NAME/setup.go of the release named in `TWINS_RELEASE`) and stops where that code stops, so that words that
 * stray from one stanza into the next are judged as CoreDNS judges them.
 *
 * Invariant: a twin returns a refusal only where CoreDNS refuses; what depends on files, sockets, certificates, the network
 * or another plugin at run time counts as accepted.
 * Why not: only the table of options (pluginCatalogue.ts). It can't say which word CoreDNS stumbles over first.
 */
import type { Dispenser } from '../dispenser.ts';
import type { Edit } from '../edit.ts';
import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';

/** The release whose setup code the twins follow. They are asked for this release only; the table judges the others. */
export const TWINS_RELEASE = '1.15.0';

export interface Refusal {
  /** The rule under which it is reported: CF303 to CF306, CF309, CF403, CF411, CF413, CF420, CF424, CF427, … */
  readonly code: string;
  /** What happens and what to do, one line, names made visible. */
  readonly message: string;
  /** The construct that causes it, which need not be the word at which reading stopped. */
  readonly at: { readonly start: number; readonly end: number; readonly file: string };
  readonly mentions?: readonly { readonly at: Refusal['at']; readonly message: string }[];
  readonly fixes?: readonly { readonly title: string; readonly edits: readonly Edit[] }[];
}

export interface SetupContext {
  readonly block: ServerBlockModel;
}

/** The first thing the plugin's setup refuses, if any. `words` stands before the plugin's name. */
export type PluginSetup = (words: Dispenser, context: SetupContext) => Refusal | undefined;

/** A word as the place of a refusal. */
export function placeOf(token: CorefileToken): Refusal['at'] {
  return { start: token.start, end: token.end, file: token.file };
}
