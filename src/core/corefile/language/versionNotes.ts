import { type OptionFacts, type PluginFacts, existsIn } from '../pluginCatalogue.ts';

/** Since when something exists, until when it did, and what it means for `version`; a sentence each. */
export function versionNotes(facts: OptionFacts & Partial<Pick<PluginFacts, 'replacedBy'>>, version: string): string[] {
  const { since, removedIn, replacedBy } = facts;
  const notes: string[] = [];
  if (since !== undefined && since !== '1.0.0') {
    const missing = existsIn(facts, version) === 'not-yet' ? `; CoreDNS ${version} doesn’t know it` : '';
    notes.push(`Since CoreDNS ${since}${missing}.`);
  }
  if (removedIn !== undefined) {
    const instead = replacedBy === undefined ? '' : `: use ${replacedBy}`;
    notes.push(`Gone since CoreDNS ${removedIn}${instead}.`);
  }
  return notes;
}
