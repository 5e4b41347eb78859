import { type Finding, type Rule, knownStanzas, replaceToken, shown, valueOf } from './rule.ts';

/** `cache 30s`: the TTL is a bare number of seconds, so a duration is read as a zone. */
export const cacheDuration: Rule = {
  code: 'CF401',
  title: 'Cache time with a unit is read as a zone',
  *check(context) {
    for (const { plugin, stanza } of knownStanzas(context)) {
      const first = stanza.args[0];
      if (plugin.name !== 'cache' || first === undefined) continue;
      const value = valueOf(context, first);
      const duration = value === undefined ? undefined : /^(\d{1,9})(ms|s|m|h|d)$/iu.exec(value);
      if (value === undefined || duration === null || duration === undefined) continue;
      const seconds = toSeconds(Number(duration[1]), (duration[2] ?? '').toLowerCase());
      const fixes: NonNullable<Finding['fixes']> =
        seconds === undefined ? [] : [{ title: `Write ${seconds}`, edits: [replaceToken(first, String(seconds))] }];
      yield {
        severity: 'warning',
        message: `CoreDNS reads ${shown(value)} as a zone, so nothing else is cached. Write the seconds as a bare number${seconds === undefined ? '' : `: cache ${seconds}`}`,
        at: first,
        fixes,
      };
    }
  },
};

function toSeconds(count: number, unit: string): number | undefined {
  const factor = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit];
  return factor === undefined || count === 0 ? undefined : count * factor;
}
