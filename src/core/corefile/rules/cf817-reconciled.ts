import type { Rule } from './rule.ts';

/** A ConfigMap that the platform writes again: edits vanish. */
export const reconciled: Rule = {
  code: 'CF817',
  title: 'The platform overwrites this ConfigMap',
  *check({ cluster, model, purpose }) {
    const place = cluster?.subject?.configMap;
    const at = model.corefile.tokens[0];
    if (place === undefined || at === undefined || purpose !== 'corefile') return;
    const map = cluster?.configMaps?.find(
      ({ name, namespace }) => name === place.name && namespace === place.namespace,
    );
    if (map?.labels['addonmanager.kubernetes.io/mode'] !== 'Reconcile') return;
    const custom = model.corefile.tokens.some(({ text }) => /(^|\/)custom\/\*\./u.test(text));
    yield {
      severity: 'info',
      message: `The platform writes this ConfigMap again and again (label addonmanager.kubernetes.io/mode: Reconcile), so changes here are lost. ${custom ? 'Put them into ConfigMap coredns-custom' : "Use the platform's own settings"}`,
      at,
    };
  },
};
