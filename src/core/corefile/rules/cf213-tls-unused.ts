import { type Rule, liveBlocks } from './rule.ts';

/** The certificate of a block whose keys are all plain DNS is never shown to anybody. */
export const tlsUnused: Rule = {
  code: 'CF213',
  title: 'tls without an encrypted transport',
  *check(context) {
    // In a fragment the keys stand elsewhere.
    if (context.purpose === 'override') return;
    for (const { keys, plugins } of liveBlocks(context)) {
      const tls = plugins.get('tls')?.[0];
      if (tls === undefined || !keys.every(({ key }) => key?.transport === 'dns')) continue;
      yield {
        severity: 'hint',
        message:
          'All keys of this block are plain DNS, so tls has no effect. Write tls:// or https:// in front of a key, or remove tls',
        at: tls.name,
      };
    }
  },
};
