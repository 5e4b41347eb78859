/**
 * Gives VS Code's translations to `t` of `@vscode/l10n`, which the texts of the host go through: the same function as in
 * the panel and in files that know nothing of vscode. Each bundle has its own copy, so the entry of each imports this
 * first: texts may stand at the top level of the modules after it.
 */
import { config } from '@vscode/l10n';
import * as vscode from 'vscode';
import { setPluralLanguage } from '../base/plural.ts';

/** `en` where there is no translation, so that no rule of another language is applied to English. */
export const displayLanguage = vscode.l10n.bundle === undefined ? 'en' : vscode.env.language;

/** The translations, by the English text. Empty in English. */
export const translations: Readonly<Record<string, string>> = vscode.l10n.bundle ?? {};

config({ contents: { ...translations } });
setPluralLanguage(displayLanguage);
