import { SECOND, parseDuration } from '../setup/goValues.ts';
import { stanzasOf } from './pluginStanzas.ts';
import { type Rule, shown, valueOf } from './rule.ts';

/** loop tries one name only; reload reads the file as often as it is told. */
export const pluginLimits: Rule = {
  code: 'CF612',
  title: 'loop or reload reaches its limit',
  *check(context) {
    for (const { block, stanza } of stanzasOf(context, 'loop')) {
      const first = block.keys[0]?.key?.zones[0];
      if (first === undefined || block.zones.length < 2 || block.forwards.length < 2) continue;
      yield {
        severity: 'info',
        message: `loop tries one name under ${shown(first)} only, so a circle in the other zones of this block stays unseen. Give them blocks of their own`,
        at: stanza.name,
      };
    }
    for (const { stanza } of stanzasOf(context, 'reload')) {
      const token = stanza.args[0];
      const text = token === undefined ? undefined : valueOf(context, token);
      const interval = text === undefined ? undefined : parseDuration(text);
      // Below two seconds CoreDNS refuses it.
      if (token === undefined || interval === undefined || interval < 2n * SECOND || interval >= 10n * SECOND) continue;
      yield {
        severity: 'info',
        message: `Every ${shown(text ?? '')} CoreDNS reads all its files, but a ConfigMap takes about a minute to reach them. 30s is the usual time`,
        at: token,
      };
    }
  },
};
