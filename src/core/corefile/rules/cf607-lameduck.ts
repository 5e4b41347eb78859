import { subjectServer } from '../clusterFacts.ts';
import { SECOND, parseDuration } from '../setup/goValues.ts';
import { addOptions, optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, liveBlocks, shown, valueOf } from './rule.ts';

/** Without lameduck, queries that still come to a pod being stopped are lost: Services learn of its end later than it stops. */
export const lameduck: Rule = {
  code: 'CF607',
  title: 'No time between the stop signal and the stop',
  *check(context) {
    if (context.purpose === 'override') return;
    const inCluster =
      context.cluster !== undefined || liveBlocks(context).some(({ plugins }) => plugins.has('kubernetes'));
    // NodeLocal serves its node by addresses that no Service takes away.
    if (!inCluster || context.cluster?.subject?.server === 'nodelocal') return;
    for (const { stanza } of stanzasOf(context, 'health')) {
      if (stanza.uncertain) continue;
      const option = optionNamed(context, stanza, 'lameduck');
      const text = option?.args[0] === undefined ? undefined : valueOf(context, option.args[0]);
      if (option !== undefined && text === undefined) continue;
      const time = text === undefined ? 0n : parseDuration(text);
      if (time === undefined) continue;
      const grace = subjectServer(context.cluster)?.terminationGracePeriodSeconds;
      if (time <= 0n) {
        yield {
          severity: 'info',
          message:
            'health has no lameduck time: queries that still arrive while a pod is being stopped are lost. Add lameduck 5s',
          at: stanza.name,
          fixes: option === undefined ? addOptions(context, stanza, ['lameduck 5s'], 'Add lameduck 5s') : [],
        };
      } else if (grace !== undefined && option !== undefined && time >= BigInt(grace) * SECOND) {
        yield {
          severity: 'info',
          message: `lameduck ${shown(text ?? '')} isn't shorter than the pod's ${grace} s to end (terminationGracePeriodSeconds): CoreDNS is killed while it waits. Shorten it`,
          at: option.name,
        };
      }
    }
  },
};
