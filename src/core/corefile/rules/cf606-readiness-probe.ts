import { subjectServer } from '../clusterFacts.ts';
import { pluginOfProbe, probeFindings } from './probes.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks } from './rule.ts';

/** The readiness probe gets no answer, or the wrong one: health says yes before kubernetes has read the cluster. */
export const readinessProbe: Rule = {
  code: 'CF606',
  title: 'Readiness probe gets no answer, or one too early',
  *check(context) {
    let found = false;
    for (const finding of probeFindings(context, 'readiness')) {
      found = true;
      yield finding;
    }
    if (!found) yield* tooEarly(context);
  },
};

function* tooEarly(context: RuleContext): Iterable<Finding> {
  const probe = subjectServer(context.cluster)?.readiness;
  if (probe === undefined || pluginOfProbe(probe) !== 'health' || context.purpose !== 'corefile') return;
  const blocks = liveBlocks(context);
  const at = blocks.find(({ health }) => health !== undefined)?.health?.token;
  if (at === undefined || !blocks.some(({ plugins }) => plugins.has('kubernetes'))) return;
  yield {
    severity: 'warning',
    message:
      'The readiness probe asks /health, which says yes before kubernetes has read the cluster: first queries get SERVFAIL. Let it ask /ready on port 8181, from the ready plugin',
    at,
  };
}
