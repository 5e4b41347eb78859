import { readCorefile } from '../../src/core/corefile/model.ts';
import type { Refusal } from '../../src/core/corefile/setup/pluginSetup.ts';
import { refusalsOf } from '../../src/core/corefile/setup/refusals.ts';

/** What CoreDNS 1.15.0 refuses of a stanza alone in its server block. */
export function refusalsIn(stanza: string, key = '.'): readonly Refusal[] {
  return refusalsOf(readCorefile(`${key} {\n${stanza}\n}\n`, { environment: {} }), '1.15.0');
}

export function codesOf(stanza: string, key = '.'): readonly string[] {
  return refusalsIn(stanza, key).map(({ code }) => code);
}
