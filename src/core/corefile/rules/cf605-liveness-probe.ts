import { probeFindings } from './probes.ts';
import type { Rule } from './rule.ts';

/** The liveness probe gets no answer from this Corefile, so a running CoreDNS is killed. */
export const livenessProbe: Rule = {
  code: 'CF605',
  title: 'Liveness probe gets no answer',
  check: (context) => probeFindings(context, 'liveness'),
};
