import { type Rule, liveBlocks } from './rule.ts';

/** The DNS Service hands queries to a port of the pods on which no server block listens. */
export const servicePort: Rule = {
  code: 'CF804',
  title: "No block listens where the DNS Service's queries arrive",
  *check(context) {
    const { cluster, model, purpose } = context;
    if (purpose !== 'corefile' || model.corefile.incomplete || cluster?.subject?.server === 'nodelocal') return;
    const blocks = liveBlocks(context);
    const keys = blocks.flatMap((block) => block.keys);
    const first = keys[0];
    if (first === undefined || keys.some(({ key }) => key === undefined)) return;
    const ports = new Set(keys.flatMap(({ key }) => (key?.transport === 'dns' ? [Number(key.port)] : [])));
    for (const { port, targetPort } of cluster?.dnsServicePorts ?? []) {
      if (port !== 53 || targetPort === undefined || ports.has(targetPort)) continue;
      yield {
        severity: 'warning',
        message: `The cluster's DNS Service sends queries to port ${targetPort} of the pods, where no block listens: every lookup in the cluster fails. Use port ${targetPort} in the keys`,
        at: first.token,
      };
      return;
    }
  },
};
