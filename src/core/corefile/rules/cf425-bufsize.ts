import { integerOf, stanzasOf } from './pluginStanzas.ts';
import { type Rule, replaceToken } from './rule.ts';

/** The size every path carries without fragments (DNS flag day 2020), CoreDNS's own default. */
const USUAL = 1_232;

/** Responses too large for one packet get lost, a limit too small sends every longer answer over TCP. */
export const bufferSize: Rule = {
  code: 'CF425',
  title: 'bufsize is too large or too small',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'bufsize')) {
      const token = stanza.args[0];
      const size = integerOf(context, token);
      if (token === undefined || size === undefined || (size > 512 && size <= USUAL)) continue;
      yield {
        severity: size > USUAL ? 'warning' : 'info',
        message:
          size > USUAL
            ? `Responses over UDP of up to ${size} bytes get fragmented on the way, and fragments get lost. Write ${USUAL}`
            : `Every response over ${size} bytes is cut and asked for again over TCP. Write ${USUAL} unless the path is that narrow`,
        at: token,
        fixes: [{ title: `Write ${USUAL}`, edits: [replaceToken(token, String(USUAL))] }],
      };
    }
  },
};
