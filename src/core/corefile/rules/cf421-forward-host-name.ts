import { parseIp } from '../ipAddress.ts';
import { compareVersions } from '../pluginCatalogue.ts';
import { optionNamed } from './pluginStanzas.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

const SINCE = '1.14.4';

/** A name instead of an address: looked up once, when CoreDNS starts. */
export const forwardHostName: Rule = {
  code: 'CF421',
  title: 'Upstream is a host name',
  *check(context) {
    const known = compareVersions(context.version, SINCE) >= 0;
    for (const block of liveBlocks(context)) {
      for (const { stanza, to } of block.forwards) {
        for (const { token, target } of to) {
          if ('file' in target || !isHostName(target.address)) continue;
          const name = shown(target.address);
          const service = context.cluster?.services?.find((one) => isServiceName(target.address, one));
          const address = service?.addresses[0];
          const instead = address === undefined ? 'Write the address' : `Write the Service's address ${shown(address)}`;
          const helped = optionNamed(context, stanza, 'resolver') !== undefined;
          const start = helped ? 'once, when CoreDNS starts' : "once, when CoreDNS starts, by the pod's own resolver";
          yield {
            severity: known ? 'warning' : 'error',
            message: known
              ? `${name} is looked up ${start}: without an answer CoreDNS doesn't start, and a later change goes unseen. ${instead}`
              : `forward takes only addresses and files before CoreDNS ${SINCE}, this is ${context.version}, and ${name} is neither. ${instead}`,
            at: token,
          };
        }
      }
    }
  },
};

/** A name with a dot whose end can't be that of a file, which CoreDNS would read first. */
function isHostName(text: string): boolean {
  if (parseIp(text) !== undefined || parseIp(text.replace(/%.*$/su, '')) !== undefined) return false;
  return (
    /^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?\.?$/iu.test(text) &&
    /[a-z]\.?$/iu.test(text) &&
    !/\.(?:conf|txt|cfg)$/iu.test(text) &&
    text.includes('.')
  );
}

function isServiceName(host: string, { namespace, name }: { namespace: string; name: string }): boolean {
  return host.toLowerCase().startsWith(`${name}.${namespace}.svc`);
}
