/**
 * Gives `t` the translations that the host has put into the page, as data that no browser runs. An entry imports this
 * first: texts stand at the top level of modules too.
 */
import { config, type l10nJsonFormat } from '@vscode/l10n';
import { setPluralLanguage } from '../../src/base/plural.ts';

const text = document.getElementById('translations')?.textContent ?? '';
// The extension writes it, from its own files.
if (text !== '') config({ contents: JSON.parse(text) as l10nJsonFormat });
setPluralLanguage(document.documentElement.lang);
