import { optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

/** The default of most installers, kept for compatibility with kube-dns. */
export const podsInsecure: Rule = {
  code: 'CF701',
  title: 'pods insecure answers for pods that do not exist',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'kubernetes')) {
      const token = optionNamed(context, stanza, 'pods')?.args[0];
      if (token === undefined || valueOf(context, token) !== 'insecure') continue;
      yield {
        severity: 'info',
        message:
          'Names such as 10-0-0-1.default.pod get that address whether a pod has it or not, so such a name proves nothing. Write pods disabled if nobody asks for them',
        at: token,
      };
    }
  },
};
