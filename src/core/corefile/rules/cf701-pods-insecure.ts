import { optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

/**
 * The default of most installers, kept for compatibility with kube-dns. As they write it it is nobody's decision, and a
 * word about it on every fresh cluster helps nobody; in a stanza that somebody has written it is one.
 */
export const podsInsecure: Rule = {
  code: 'CF701',
  title: 'pods insecure answers for pods that do not exist',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'kubernetes')) {
      const token = optionNamed(context, stanza, 'pods')?.args[0];
      if (stanza.options.every(({ name, args }) => isInstallers(name.text, args[0]?.text))) continue;
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

/** The options kubeadm, kind, k3s, minikube, EKS and AKS write. */
function isInstallers(option: string, argument: string | undefined): boolean {
  return option === 'pods' || option === 'fallthrough' || (option === 'ttl' && argument === '30');
}
